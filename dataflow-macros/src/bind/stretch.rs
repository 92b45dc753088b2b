//! `-5s..5s`: a stretch of time around a moment.

use crate::durations;
use crate::spec::Param;
use crate::words;
use quote::ToTokens;
use std::cmp::Ordering;
use syn::{Expr, RangeLimits, UnOp};

/// What is wrong with `value` as a stretch of time.
pub(super) fn problem(param: &Param, value: &Expr) -> Option<syn::Error> {
    let name = param.name;
    let range = match value {
        Expr::Range(range) => range,
        // A name or a call may be a stretch that was made elsewhere.
        Expr::Lit(_) | Expr::Unary(_) | Expr::Tuple(_) => {
            let message = format!("`{name}` is an interval around a point in time; write `{}`", around(param, value));
            return Some(syn::Error::new_spanned(value, message));
        }
        _ => return None,
    };
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
    let (less, more) = (words::code(end.to_token_stream()), words::code(start.to_token_stream()));
    let message = match (from.cmp(&to), range.limits) {
        (Ordering::Greater, _) => {
            format!("`{name}` ends before it begins, so that nothing is in it; write `{name} = {less}..{more}`")
        }
        (Ordering::Equal, RangeLimits::HalfOpen(_)) => {
            format!(
                "`{name}` ends where it begins, so that nothing is in it; for this moment alone write `{name} = {more}..={less}`"
            )
        }
        _ => return None,
    };
    Some(syn::Error::new_spanned(range, message))
}

/// A stretch that was probably meant by one length.
fn around(param: &Param, value: &Expr) -> String {
    let (end, _) = parts(value);
    match durations::length(end) {
        Some(length) if length > 0 => {
            let end = words::code(end.to_token_stream());
            format!("{} = -{end}..{end}", param.name)
        }
        _ => param.usage(),
    }
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
    let micros = i128::from(durations::length(end)?);
    Some(if sign.is_empty() { micros } else { -micros })
}
