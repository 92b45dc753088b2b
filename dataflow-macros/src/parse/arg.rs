//! `expression` or `NAME = expression`

use crate::ast::Arg;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative;
use syn::{Expr, ExprField, ExprPath, Ident, Member, Path, Token};

pub(super) fn arg(input: ParseStream) -> syn::Result<Arg> {
    Ok(Arg { name: name(input)?, value: value(input)? })
}

/// The name in front of a value, with the `=` behind it.
pub(super) fn name(input: ParseStream) -> syn::Result<Option<Ident>> {
    let named =
        input.peek(Ident::peek_any) && input.peek2(Token![=]) && !input.peek2(Token![==]) && !input.peek2(Token![=>]);
    if !named {
        return Ok(None);
    }
    let name = input.call(Ident::parse_any)?;
    input.parse::<Token![=]>()?;
    Ok(Some(name))
}

/// An expression; or `final`, a word of the language that Rust keeps for itself and has no use for; or `stream.true`.
fn value(input: ParseStream) -> syn::Result<Expr> {
    if let Some(port) = keyword_port(input) {
        return Ok(port);
    }
    if !input.peek(Token![final]) {
        return input.parse();
    }
    let path = Path::from(input.call(Ident::parse_any)?);
    Ok(Expr::Path(ExprPath { attrs: Vec::new(), qself: None, path }))
}

/// `stream.true`, which is no expression. That there is no such port is said where ports are known.
fn keyword_port(input: ParseStream) -> Option<Expr> {
    let ahead = input.fork();
    let base: Ident = ahead.parse().ok()?;
    let dot_token = ahead.parse().ok()?;
    if ahead.peek(Ident) || ahead.peek(Token![await]) {
        return None;
    }
    let port = ahead.call(Ident::parse_any).ok()?;
    if !ahead.is_empty() && !ahead.peek(Token![,]) {
        return None;
    }
    input.advance_to(&ahead);
    let base = Box::new(Expr::Path(ExprPath { attrs: Vec::new(), qself: None, path: base.into() }));
    Some(Expr::Field(ExprField { attrs: Vec::new(), base, dot_token, member: Member::Named(port) }))
}
