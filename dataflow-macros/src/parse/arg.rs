//! `expression` or `NAME = expression`

use crate::ast::Arg;
use proc_macro2::{Group, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative;
use syn::{Expr, ExprField, ExprPath, Ident, Member, Path, Token};

pub(super) fn arg(input: ParseStream) -> syn::Result<Arg> {
    let named =
        input.peek(Ident::peek_any) && input.peek2(Token![=]) && !input.peek2(Token![==]) && !input.peek2(Token![=>]);
    let mut name = None;
    if named {
        name = Some(input.call(Ident::parse_any)?);
        input.parse::<Token![=]>()?;
    }
    Ok(Arg { name, value: value(input)? })
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

/// The same tokens without each `.` that neither a field nor a method nor a range follows.
pub(super) fn without_loose_dots(tokens: TokenStream) -> TokenStream {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let dot = |tree: Option<&TokenTree>| matches!(tree, Some(TokenTree::Punct(punct)) if punct.as_char() == '.');
    let mut out = TokenStream::new();
    for (at, tree) in trees.iter().enumerate() {
        let (before, after) = (at.checked_sub(1).and_then(|before| trees.get(before)), trees.get(at + 1));
        let followed = matches!(after, Some(TokenTree::Ident(_) | TokenTree::Literal(_)));
        if dot(Some(tree)) && !followed && !dot(before) && !dot(after) {
            continue;
        }
        out.extend([match tree {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), without_loose_dots(group.stream()));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            other => other.clone(),
        }]);
    }
    out
}
