//! Keys that borrow from their item: asked for there where the closure gives them, if they look as if they might.

use crate::emit::{paths, spans};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{Block, Expr, ExprClosure, Stmt};

/// Methods of the standard library that give a reference, or something with one in it. Their results are of a known type
/// where they are called, so that asking for it takes nothing from what is found out further on.
const BORROWING: &[&str] = &[
    "as_bytes",
    "as_path",
    "as_slice",
    "as_str",
    "file_name",
    "first",
    "iter",
    "last",
    "next",
    "next_back",
    "nth",
    "strip_prefix",
    "strip_suffix",
    "to_str",
    "trim",
    "trim_end",
    "trim_end_matches",
    "trim_matches",
    "trim_start",
    "trim_start_matches",
];

/// Methods that take something out of what those give.
const UNWRAPPING: &[&str] = &["expect", "unwrap", "unwrap_or", "unwrap_or_default", "unwrap_or_else"];

/// The closure with a question around each key that it may give, and whether there was one to ask.
pub(super) fn asked(mut closure: ExprClosure) -> (ExprClosure, bool) {
    let asked = ask(&mut closure.body);
    (closure, asked)
}

fn ask(key: &mut Expr) -> bool {
    match key {
        Expr::Block(block) => ask_last(&mut block.block),
        Expr::If(choice) => {
            let first = ask_last(&mut choice.then_branch);
            choice.else_branch.iter_mut().fold(first, |asked, (_, other)| asked | ask(other))
        }
        Expr::Match(choice) => choice.arms.iter_mut().fold(false, |asked, arm| asked | ask(&mut arm.body)),
        Expr::Paren(inner) => ask(&mut inner.expr),
        Expr::Tuple(parts) => parts.elems.iter_mut().fold(false, |asked, part| asked | ask(part)),
        Expr::MethodCall(_) | Expr::Reference(_) => {
            let place = borrowing(key);
            if let Some(place) = place {
                *key = Expr::Verbatim(question(key, place));
            }
            place.is_some()
        }
        _ => false,
    }
}

fn ask_last(block: &mut Block) -> bool {
    match block.stmts.last_mut() {
        Some(Stmt::Expr(last, None)) => ask(last),
        _ => false,
    }
}

/// Where `key` looks as if it borrowed.
fn borrowing(key: &Expr) -> Option<Span> {
    match key {
        Expr::Reference(reference) => Some(reference.and_token.span()),
        Expr::MethodCall(call) => {
            let method = call.method.to_string();
            let within = UNWRAPPING.contains(&method.as_str()) && borrowing(&call.receiver).is_some();
            (within || BORROWING.contains(&method.as_str())).then(|| call.method.span())
        }
        _ => None,
    }
}

/// `{ let key = …; IsOwned::own(key, owns) }`
fn question(key: &Expr, place: Span) -> TokenStream {
    let (variable, generated) = (name(place), spans::generated(place));
    let (key, asked) = (key.to_token_stream(), own(&variable, place));
    quote_spanned!(generated=> { let #variable = #key; #asked })
}

/// The variable that holds a key.
pub(super) fn name(place: Span) -> Ident {
    Ident::new("__flowstone_key", place)
}

/// `{ use Owns as _; let owns = Given(&key).owns(); IsOwned::own(key, owns) }`, which gives back the `key`.
pub(super) fn own(key: &Ident, place: Span) -> TokenStream {
    let (generated, owns) = (spans::generated(place), Ident::new("__flowstone_owns", place));
    let (given, of) = (paths::check_item(generated, "Given"), paths::check_item(generated, "Owns"));
    let own = paths::own(place);
    quote_spanned!(generated=> {
        #[allow(unused_imports)]
        use #of as _;
        let #owns = #given(&#key).owns();
        #own(#key, #owns)
    })
}
