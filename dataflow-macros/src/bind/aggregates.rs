//! What stands in `of = (…)`: calls of known aggregates, and values of the user's own.

use super::shape::{self, Inner, OfCall};
use crate::spec::Param;
use crate::steps::aggregates;
use crate::steps::calls::CallSpec;
use crate::words;
use quote::ToTokens;
use syn::Expr;

/// As many as `runtime::windows::aggregate` takes in a tuple.
const MOST: usize = 12;

/// The aggregates in `of`: one alone, or those of a tuple.
pub(crate) enum Listed<'a> {
    One(&'a Expr),
    Tuple(Vec<&'a Expr>),
}

pub(crate) fn listed(value: &Expr) -> Listed<'_> {
    match value {
        Expr::Paren(inner) => listed(&inner.expr),
        Expr::Group(inner) => listed(&inner.expr),
        Expr::Tuple(tuple) => Listed::Tuple(tuple.elems.iter().collect()),
        one => Listed::One(one),
    }
}

/// `value` as a call of an aggregate that the language knows.
pub(crate) fn known(value: &Expr) -> Option<(&'static CallSpec, Inner<'_>)> {
    let call = shape::as_call(value)?;
    Some((aggregates::find(&call.word.to_string())?, call))
}

/// What is wrong in `of` of the step `word`.
pub(super) fn problems(word: &str, param: &Param, value: &Expr, of_call: OfCall) -> Vec<syn::Error> {
    let all = match listed(value) {
        Listed::One(one) => vec![one],
        Listed::Tuple(all) => all,
    };
    if all.is_empty() || all.len() > MOST {
        let number = words::count(all.len(), "aggregate");
        let message =
            format!("`{word}` takes 1 to {MOST} aggregates, and here are {number}; write `{}`", param.usage());
        return vec![syn::Error::new_spanned(value, message)];
    }
    all.into_iter().flat_map(|value| of_one(value, of_call)).collect()
}

fn of_one(value: &Expr, of_call: OfCall) -> Vec<syn::Error> {
    if let Some((spec, call)) = known(value) {
        return of_call(spec, &call);
    }
    if let Some(call) = shape::as_call(value)
        && let Some(message) = aggregates::unknown(&call.word.to_string())
    {
        return vec![syn::Error::new(call.word.span(), message)];
    }
    if let Expr::Path(path) = value
        && let Some(spec) = path.path.get_ident().and_then(|word| aggregates::find(&word.to_string()))
    {
        let message = format!("`{}` needs parentheses; write `{}`", spec.word, spec.usage());
        return vec![syn::Error::new_spanned(path.to_token_stream(), message)];
    }
    if matches!(value, Expr::Closure(_) | Expr::Lit(_)) {
        let message = "this is not an aggregate; write `count()`, `sum(|value| …)` and the like";
        return vec![syn::Error::new_spanned(value, message)];
    }
    shape::problems("of", &Param::expr("of"), value, of_call)
}
