//! What can be said of an argument's value without knowing types: closures, durations, calls with named arguments.

use crate::durations;
use crate::spec::{Param, Shape, Word};
use crate::steps::calls::CallSpec;
use crate::steps::{aliases, calls};
use crate::words;
use quote::ToTokens;
use syn::{BinOp, Expr, ExprClosure, ExprUnary, Ident, Lit, Pat, Stmt, Token, UnOp};

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

/// What is wrong in a call inside an argument: its arguments are sorted as those of a step are.
pub(super) type OfCall = fn(&CallSpec, &Inner) -> Vec<syn::Error>;

/// What is wrong with `value` for `param` of `word`.
pub(super) fn problems(word: &str, param: &Param, value: &Expr, of_call: OfCall) -> Vec<syn::Error> {
    if let Shape::Word(words) = param.shape {
        return of_words(param, words, value).into_iter().collect();
    }
    if let Some(call) = inner_call(value) {
        let Some(spec) = calls::find(&call.word.to_string()) else {
            return vec![syn::Error::new(call.word.span(), calls::unknown(&call.word.to_string()))];
        };
        return of_call(spec, &call);
    }
    if let (Shape::Clock | Shape::Windows, Some(name)) = (param.shape, called_or_named(value))
        && let Some(message) = calls::meant(&name.to_string())
    {
        return vec![syn::Error::new(name.span(), message)];
    }
    let rewritten = durations::rewrite(value.to_token_stream());
    let mut problems: Vec<_> =
        rewritten.wrong.into_iter().map(|(span, message)| syn::Error::new(span, message)).collect();
    // A literal can stand where a call cannot: `f::<2>()`, and not `f::<2s>()`.
    if let Some(first) = rewritten.first
        && syn::parse2::<Expr>(rewritten.tokens).is_err()
    {
        problems.push(syn::Error::new(first, "a duration is not allowed here; it is a value of type `Duration`"));
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
    if let Shape::Stretch = param.shape {
        problems.extend(super::stretch::problem(param, value));
    }
    if let (Shape::Windows, Some(length)) = (param.shape, durations::length(value))
        && length > 0
    {
        let written = value.to_token_stream();
        let message = format!("`{0}` needs to know which ones; write `{0} = tumbling({written})`", param.name);
        problems.push(syn::Error::new_spanned(value, message));
    }
    if matches!((param.shape, value), (Shape::Clock, Expr::Lit(_))) {
        let message = format!("`{}` is a clock; write `{}`", param.name, param.usage());
        problems.push(syn::Error::new_spanned(value, message));
    }
    problems.extend(no_flag(param, value));
    problems.extend(no_closure(word, param, value));
    problems.extend(negative(word, param, value));
    problems.extend(no_moment(param, value));
    if let (Shape::Closure(of), Expr::Closure(closure)) = (param.shape, value) {
        problems.extend(of_closure(word, param, of.len(), closure));
    }
    problems
}

/// `name`, or `name(…)`
fn called_or_named(value: &Expr) -> Option<&Ident> {
    single(match value {
        Expr::Call(call) => &call.func,
        other => other,
    })
}

/// A sign in front of a duration.
fn negative(word: &str, param: &Param, value: &Expr) -> Option<syn::Error> {
    let (Shape::Duration, Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. })) = (param.shape, value) else {
        return None;
    };
    let Expr::Lit(literal) = &**expr else { return None };
    let least = if param.positive { "must be more than zero" } else { "cannot be less than zero" };
    let fix = match (param.named, literal.lit.to_token_stream()) {
        (true, length) => format!("{} = {length}", param.name),
        (false, length) => length.to_string(),
    };
    let message = format!("`{}` of `{word}` {least}; write `{fix}`", param.name);
    Some(syn::Error::new_spanned(value, message))
}

/// A literal that is neither `true` nor `false` where one of them is due.
fn no_flag(param: &Param, value: &Expr) -> Option<syn::Error> {
    let (Shape::Bool, Expr::Lit(literal)) = (param.shape, value) else { return None };
    if matches!(literal.lit, Lit::Bool(_)) {
        return None;
    }
    let message = format!("`{0}` is `true` or `false`; write `{0} = false`", param.name);
    Some(syn::Error::new_spanned(value, message))
}

/// A value where a closure is due.
fn no_closure(word: &str, param: &Param, value: &Expr) -> Option<syn::Error> {
    let Shape::Closure(of) = param.shape else { return None };
    let is_value = match value {
        Expr::Array(_) | Expr::Binary(_) | Expr::Lit(_) | Expr::Struct(_) => true,
        Expr::Macro(call) => call.mac.path.is_ident("vec") || call.mac.path.is_ident("format"),
        _ => false,
    };
    if !is_value {
        return None;
    }
    let fix = match of {
        [] => format!("|| {}", words::code(value.to_token_stream())),
        _ => param.usage(),
    };
    Some(syn::Error::new_spanned(value, format!("`{word}` takes a closure here; write `{fix}`")))
}

/// A text or a number where a moment is due.
fn no_moment(param: &Param, value: &Expr) -> Option<syn::Error> {
    if !matches!((param.shape, value), (Shape::Moment, Expr::Lit(_))) {
        return None;
    }
    let name = param.name;
    let message = format!("`{name}` is a point in time; write `{name} = Timestamp(0)`, with microseconds since 1970");
    Some(syn::Error::new_spanned(value, message))
}

/// What is wrong with one of several closures for `param`.
pub(crate) fn no_closure_for(word: &str, param: &Param, value: &Expr) -> Option<syn::Error> {
    let (Shape::Closure(of), Expr::Closure(closure)) = (param.shape, value) else { return None };
    of_closure(word, param, of.len(), closure)
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
    let alias = aliases::words(&written).find(|here| known.iter().any(|word| word == here));
    let hint = match alias {
        Some(here) => format!("; write `{} = {here}`", param.name),
        None => words::did_you_mean(&written, known.iter().map(String::as_str), otherwise),
    };
    // The word that is meant may be yet another one.
    let all = known.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    let all = if hint == otherwise() { String::new() } else { format!(" ({all})") };
    let message = match written.as_str() {
        "" => format!("`{}` is a word{hint}", param.name),
        written => format!("`{written}` is not a value of `{}`{all}{hint}", param.name),
    };
    Some(syn::Error::new_spanned(value, message))
}

/// The semicolon at the end of a closure that gives no value, and what to do about it.
///
/// Only where it is sure that the end is reached: a call, a macro or a loop may never come back.
fn forgotten(body: &Expr) -> Option<(Token![;], &'static str)> {
    const DROPPED: &str = "leave out this `;`";
    const CHANGED: &str = "write the value after this `;`";
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

/// The name that a closure gives its argument.
fn name_of(input: &Pat) -> Option<String> {
    match input {
        Pat::Ident(name) if name.by_ref.is_none() && name.subpat.is_none() => Some(name.ident.to_string()),
        Pat::Wild(_) => Some("_".into()),
        _ => None,
    }
}

fn of_closure(word: &str, param: &Param, takes: usize, closure: &ExprClosure) -> Option<syn::Error> {
    let usage = param.usage();
    if closure.inputs.len() != takes {
        let (number, given) = (words::count(takes, "argument"), closure.inputs.len());
        let names: Vec<_> = closure.inputs.iter().filter_map(name_of).collect();
        let of_tuple = match names.len() == given && takes == 1 && given > 1 {
            true => format!(", or of a tuple `|({})| …`", names.join(", ")),
            false => String::new(),
        };
        let message =
            format!("`{word}` takes a closure of {number}, this one takes {given}; write `{usage}`{of_tuple}");
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
