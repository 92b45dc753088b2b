//! `-5s..5s`: a stretch of time around a moment.

use crate::durations;
use crate::spec::Param;
use quote::ToTokens;
use syn::{Expr, ExprRange, Lit, RangeLimits, UnOp};

/// What is wrong with a range as a stretch of time.
pub(super) fn problem(param: &Param, range: &ExprRange) -> Option<syn::Error> {
    let name = param.name;
    let (Some(start), Some(end)) = (&range.start, &range.end) else {
        let message = format!("`{name}` has two ends; write `{}`", param.usage());
        return Some(syn::Error::new_spanned(range, message));
    };
    for (end, sign) in [parts(start), parts(end)] {
        if let Expr::Lit(literal) = end
            && let Some(number) = durations::number(&literal.lit)
        {
            let message = format!("an end of `{name}` is a duration, and this has no unit; write `{sign}{number}s`");
            return Some(syn::Error::new(literal.lit.span(), message));
        }
    }
    let (from, to) = (length(start)?, length(end)?);
    let empty = if matches!(range.limits, RangeLimits::Closed(_)) { from > to } else { from >= to };
    empty.then(|| {
        let message = format!("`{name}` ends before it begins, so that nothing is in it; write the lesser end first");
        syn::Error::new_spanned(range, message)
    })
}

/// An end without its sign.
fn parts(end: &Expr) -> (&Expr, &'static str) {
    match end {
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => (&unary.expr, "-"),
        other => (other, ""),
    }
}

/// An end in microseconds, where it is a literal.
fn length(end: &Expr) -> Option<i128> {
    let (end, sign) = parts(end);
    let Expr::Lit(literal) = end else { return None };
    let (Lit::Int(_) | Lit::Float(_)) = &literal.lit else { return None };
    let text: proc_macro2::Literal = literal.lit.to_token_stream().to_string().parse().ok()?;
    let micros = i128::from(durations::micros(&text)?.ok()?);
    Some(if sign.is_empty() { micros } else { -micros })
}
