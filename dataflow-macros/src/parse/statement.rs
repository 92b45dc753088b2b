//! `NAME: TYPE = head -> step -> step;`

use super::skip::skip_past;
use super::step;
use crate::ast::{Call, Head, Statement, StreamRef};
use crate::errors::Errors;
use crate::{steps, words};
use proc_macro2::TokenTree;
use quote::ToTokens;
use std::collections::BTreeSet;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, ExprPath, Ident, LitInt, Token, token};

/// One statement, with its `;`. `None` where not even a name could be read; some tokens are consumed in any case.
pub(super) fn statement(
    errors: &mut Errors,
    input: ParseStream,
    mentioned: &mut BTreeSet<String>,
) -> Option<Statement> {
    if input.parse::<Token![;]>().is_ok() {
        return None;
    }
    if let Ok(keyword) = input.parse::<Token![let]>() {
        errors.at(keyword.span, "a stream is named without `let`; write `name = …`");
    }
    let mut statement = Statement { name: None, item: None, head: Head::Missing, steps: Vec::new(), broken: false };
    if let Err(error) = parts(errors, input, &mut statement, mentioned) {
        errors.push(error);
        statement.broken = true;
        mentioned.extend(skip_past(input, |tree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ';')));
    }
    Some(statement)
}

fn parts(
    errors: &mut Errors,
    input: ParseStream,
    statement: &mut Statement,
    mentioned: &mut BTreeSet<String>,
) -> syn::Result<()> {
    let single_colon = input.peek2(Token![:]) && !input.peek2(Token![::]);
    let single_equals = input.peek2(Token![=]) && !input.peek2(Token![==]) && !input.peek2(Token![=>]);
    if input.peek(Ident) && (single_colon || single_equals) {
        statement.name = Some(input.parse()?);
        if input.parse::<Token![:]>().is_ok() {
            statement.item = Some(input.parse().map_err(|error: syn::Error| {
                syn::Error::new(error.span(), "expected the type of the items, as in `name: Type = …`")
            })?);
        }
        if input.parse::<Token![=]>().is_err() {
            return Err(input.error("expected `=` after the type of the items"));
        }
    }
    statement.head = head(errors, input, mentioned)?;
    loop {
        if input.parse::<Token![->]>().is_ok() {
            statement.steps.push(step::call(errors, input, mentioned)?);
        } else if input.parse::<Token![;]>().is_ok() {
            return Ok(());
        } else if input.is_empty() {
            let last = statement.steps.last().map_or_else(|| head_end(&statement.head), step_end);
            errors.at(last.unwrap_or_else(|| input.span()), "expected `;` after this");
            return Ok(());
        } else if input.peek(Ident) && input.peek2(token::Paren) {
            errors.push(input.error("expected `->` before this step"));
            statement.steps.push(step::call(errors, input, mentioned)?);
        } else if input.peek(Ident) {
            errors.push(input.error("expected `->` and a step, or `;` before the next statement"));
            return Ok(());
        } else {
            return Err(input.error("expected `->` and a step, or `;`"));
        }
    }
}

fn head(errors: &mut Errors, input: ParseStream, mentioned: &mut BTreeSet<String>) -> syn::Result<Head> {
    if !input.peek(Ident) {
        return Err(input.error("expected a stream's name, or a head such as `input(\"id\", source)`"));
    }
    if let Some(error) = bare_source(input) {
        return Err(error);
    }
    if input.peek2(token::Paren) || input.peek2(Token![::]) {
        return step::call(errors, input, mentioned).map(Head::Call);
    }
    let name: Ident = input.parse()?;
    let mut port = None;
    if input.parse::<Token![.]>().is_ok() {
        let word = port_word(input)
            .map_err(|error| syn::Error::new(error.span(), format!("expected the name of a port of `{name}`")))?;
        if input.peek(token::Paren) {
            mentioned.insert(name.to_string());
            let message = format!("steps are joined by `->`; write `{name} -> {word}(…)`");
            return Err(syn::Error::new(word.span(), message));
        }
        port = Some(word);
    }
    Ok(Head::Stream(StreamRef { name, port }))
}

/// A name, or what was taken for one: `p.true` and `p.0` are the names of no port, which is said where ports are known.
fn port_word(input: ParseStream) -> syn::Result<Ident> {
    if input.peek(LitInt) {
        let number: LitInt = input.parse()?;
        return Ok(Ident::new(&format!("_{number}"), number.span()));
    }
    input.call(Ident::parse_any)
}

/// A source that stands where `input` should have it, with a path in front: `FileSource::new(path) -> …`.
fn bare_source(input: ParseStream) -> Option<syn::Error> {
    let path: ExprPath = input.fork().parse().ok()?;
    if path.path.segments.len() < 2 {
        return None;
    }
    let first = &path.path.segments.first()?.ident;
    let code = input.fork().parse::<Expr>().map_or_else(|_| path.to_token_stream(), |source| source.to_token_stream());
    let message = steps::bare_source(&first.to_string(), &words::code(code));
    Some(syn::Error::new(first.span(), message))
}

fn head_end(head: &Head) -> Option<proc_macro2::Span> {
    match head {
        Head::Call(call) => step_end(call),
        Head::Stream(stream) => Some(stream.port.as_ref().unwrap_or(&stream.name).span()),
        Head::Missing => None,
    }
}

fn step_end(call: &Call) -> Option<proc_macro2::Span> {
    Some(call.parens.as_ref().map_or_else(|| call.word.span(), |parens| parens.close))
}
