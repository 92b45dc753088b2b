//! What can be said of an argument's value without knowing types: closures, durations, calls with named arguments.

use crate::durations;
use crate::spec::{Param, Shape, Word};
use crate::steps::calls;
use crate::words;
use quote::ToTokens;
use syn::{BinOp, Expr, ExprClosure, Ident, Stmt, Token};

/// `word(value, name = value)` as an argument.
pub(crate) struct Inner<'a> {
    pub(crate) word: &'a Ident,
    pub(crate) args: Vec<(Option<&'a Ident>, &'a Expr)>,
}

/// `value` as a clock or a window: a call whose word the table knows, or that gives an argument by name.
pub(crate) fn inner_call(value: &Expr) -> Option<Inner<'_>> {
    let call = as_call(value)?;
    let known = calls::find(&call.word.to_string()).is_some();
    (known || call.args.iter().any(|(name, _)| name.is_some())).then_some(call)
}

/// `value` as a call of a single word.
pub(super) fn as_call(value: &Expr) -> Option<Inner<'_>> {
    let Expr::Call(call) = value else { return None };
    let word = single(&call.func)?;
    let args: Vec<_> = call
        .args
        .iter()
        .map(|arg| match arg {
            Expr::Assign(pair) => single(&pair.left).map_or((None, arg), |name| (Some(name), &*pair.right)),
            other => (None, other),
        })
        .collect();
    Some(Inner { word, args })
}

/// `value` as a plain name.
fn single(value: &Expr) -> Option<&Ident> {
    match value {
        Expr::Path(path) if path.qself.is_none() => path.path.get_ident(),
        _ => None,
    }
}

/// What is wrong with `value` for `param` of `word`.
pub(super) fn problems(word: &str, param: &Param, value: &Expr) -> Vec<syn::Error> {
    if let Shape::Aggregates = param.shape {
        return super::aggregates::problems(word, param, value);
    }
    if let Shape::Word(words) = param.shape {
        return of_words(param, words, value).into_iter().collect();
    }
    if let Some(call) = inner_call(value) {
        let Some(spec) = calls::find(&call.word.to_string()) else {
            return vec![syn::Error::new(call.word.span(), calls::unknown(&call.word.to_string()))];
        };
        return super::inner(spec, &call).problems;
    }
    let rewritten = durations::rewrite(value.to_token_stream());
    let mut problems: Vec<_> =
        rewritten.wrong.into_iter().map(|(span, message)| syn::Error::new(span, message)).collect();
    // A literal can stand where a call cannot: `f::<2>()`, and not `f::<2s>()`.
    if let Some(first) = rewritten.first
        && syn::parse2::<Expr>(rewritten.tokens).is_err()
    {
        problems.push(syn::Error::new(first, "a duration cannot stand here; it is a value of type `Duration`"));
    }
    if let (Shape::Duration, Expr::Lit(literal)) = (param.shape, value)
        && let Some(number) = durations::number(&literal.lit)
    {
        let message = format!("`{}` is a duration, and this has no unit; write `{number}s`", param.name);
        problems.push(syn::Error::new(literal.lit.span(), message));
    }
    if let (true, Expr::Lit(literal)) = (param.positive, value)
        && durations::is_zero(&literal.lit)
    {
        let one = if matches!(param.shape, Shape::Duration) { "1s" } else { "1" };
        let fix = if param.named { format!("{} = {one}", param.name) } else { one.to_owned() };
        let message = format!("`{}` of `{word}` must be more than zero; write `{fix}` or more", param.name);
        problems.push(syn::Error::new(literal.lit.span(), message));
    }
    if let (Shape::Stretch, Expr::Range(range)) = (param.shape, value) {
        problems.extend(super::stretch::problem(param, range));
    }
    if let (Shape::Closure(of), Expr::Closure(closure)) = (param.shape, value) {
        problems.extend(of_closure(word, param, of.len(), closure));
    }
    problems
}

/// The word that `value` is, where `param` takes words.
pub(crate) fn word_of(param: &Param, value: &Expr) -> Option<&'static Word> {
    let (Shape::Word(words), Some(ident)) = (param.shape, single(value)) else { return None };
    words.iter().find(|word| ident == word.word)
}

fn of_words(param: &Param, words: &'static [Word], value: &Expr) -> Option<syn::Error> {
    if word_of(param, value).is_some() {
        return None;
    }
    let known: Vec<_> = words.iter().map(|word| word.word.to_owned()).collect();
    let otherwise = || format!("; write {}", words::or(&known));
    let written = single(value).map(ToString::to_string).unwrap_or_default();
    let hint = words::did_you_mean(&written, known.iter().map(String::as_str), otherwise);
    let message = match written.as_str() {
        "" => format!("`{}` is a word{hint}", param.name),
        written => format!("`{written}` is none of the words of `{}`{hint}", param.name),
    };
    Some(syn::Error::new_spanned(value, message))
}

/// The semicolon at the end of a closure that gives no value, and what to do about it.
///
/// Only where it is sure that the end is reached: a call, a macro or a loop may never come back.
fn forgotten(body: &Expr) -> Option<(Token![;], &'static str)> {
    const DROPPED: &str = "leave out this `;`";
    const CHANGED: &str = "write the value behind this `;`";
    let Expr::Block(block) = body else { return None };
    let (semi, fix) = match block.block.stmts.last()? {
        Stmt::Expr(last, semi) => match last {
            Expr::Assign(_) => (semi, CHANGED),
            Expr::Binary(binary) if changes(&binary.op) => (semi, CHANGED),
            Expr::Binary(_)
            | Expr::Field(_)
            | Expr::Lit(_)
            | Expr::MethodCall(_)
            | Expr::Path(_)
            | Expr::Struct(_)
            | Expr::Tuple(_) => (semi, DROPPED),
            _ => return None,
        },
        Stmt::Macro(last) if last.mac.path.is_ident("format") || last.mac.path.is_ident("vec") => {
            (&last.semi_token, DROPPED)
        }
        _ => return None,
    };
    semi.map(|semi| (semi, fix))
}

/// Whether it is `+=` or the like.
pub(crate) fn changes(op: &BinOp) -> bool {
    use BinOp as Op;
    matches!(
        op,
        Op::AddAssign(_)
            | Op::SubAssign(_)
            | Op::MulAssign(_)
            | Op::DivAssign(_)
            | Op::RemAssign(_)
            | Op::BitXorAssign(_)
            | Op::BitAndAssign(_)
            | Op::BitOrAssign(_)
            | Op::ShlAssign(_)
            | Op::ShrAssign(_)
    )
}

fn of_closure(word: &str, param: &Param, takes: usize, closure: &ExprClosure) -> Option<syn::Error> {
    let usage = param.usage();
    if closure.inputs.len() != takes {
        let (number, given) = (words::count(takes, "argument"), closure.inputs.len());
        let message = format!("`{word}` takes a closure of {number}, this one takes {given}; write `{usage}`");
        let (begin, inputs, end) = (&closure.inputs_begin, &closure.inputs, &closure.inputs_end);
        return Some(syn::Error::new_spanned(quote::quote!(#begin #inputs #end), message));
    }
    if let Some((semi, fix)) = forgotten(&closure.body).filter(|_| param.free) {
        let message = format!("`{word}` needs a value from its closure, which ends without one; {fix}");
        return Some(syn::Error::new(semi.span, message));
    }
    let token = match (&closure.asyncness, &*closure.body) {
        (Some(token), _) => token.span,
        (None, Expr::Async(block)) => block.async_token.span,
        _ => return None,
    };
    Some(syn::Error::new(token, format!("`{word}` does not await what its closure returns; leave out `async`")))
}
