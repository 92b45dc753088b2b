//! `WORD::<Types>("id", arguments)`, the same for every step and every head.

use super::skip::skip_past;
use super::{arg, repair};
use crate::ast::{Call, Parens};
use crate::errors::Errors;
use crate::{steps, words};
use proc_macro2::{Delimiter, Group};
use quote::ToTokens;
use std::collections::BTreeSet;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{AngleBracketedGenericArguments, Expr, Ident, LitStr, Token, parenthesized, token};

pub(super) fn call(errors: &mut Errors, input: ParseStream, mentioned: &mut BTreeSet<String>) -> syn::Result<Call> {
    if !input.peek(Ident::peek_any) {
        return Err(input.error("expected a step after `->`"));
    }
    let whole = input.fork();
    let word: Ident = input.call(Ident::parse_any)?;
    let mut turbofish = None;
    if input.peek(Token![::]) {
        if words::is_type(&word) || !input.peek3(Token![<]) {
            return Err(syn::Error::new(word.span(), path_for_step(&word, &whole)));
        }
        turbofish = Some(AngleBracketedGenericArguments::parse_turbofish(input)?);
    }
    let parens = if input.peek(token::Paren) { Some(parens(errors, input, mentioned)?) } else { None };
    Ok(Call { word, turbofish, parens })
}

/// What to say of `word::…` where a step should be.
fn path_for_step(word: &Ident, whole: ParseStream) -> String {
    match whole.parse::<Expr>() {
        // Types begin with a capital: it is a sink that is made here.
        Ok(made) if words::is_type(word) => steps::bare_sink(&word.to_string(), &words::code(made.to_token_stream())),
        _ => "a step is one word; for a function of your own write `-> apply(\"id\", function)`".to_owned(),
    }
}

fn parens(errors: &mut Errors, input: ParseStream, mentioned: &mut BTreeSet<String>) -> syn::Result<Parens> {
    let raw = input.fork().parse::<Group>().ok();
    let content;
    let close = parenthesized!(content in input).span.close();
    let mut parens = Parens { text: None, args: Vec::new(), close, broken: false };
    if let Err(error) = inside(&content, &mut parens) {
        errors.push(error);
        mentioned.extend(skip_past(&content, |_| false));
        parens.broken = !raw.is_some_and(|raw| repaired(&raw, &mut parens));
    }
    Ok(parens)
}

/// The arguments once more, with what is not written yet put in: what is left gives an editor the types that it completes
/// from. False where not even that can be parsed as a whole.
fn repaired(raw: &Group, parens: &mut Parens) -> bool {
    debug_assert_eq!(raw.delimiter(), Delimiter::Parenthesis);
    let mut again = Parens { text: None, args: Vec::new(), close: parens.close, broken: false };
    let tokens = repair::healed(raw.stream());
    if (|input: ParseStream| inside(input, &mut again)).parse2(tokens.clone()).is_ok() {
        *parens = again;
        return true;
    }
    parens.args = repair::one_by_one(tokens);
    false
}

fn inside(input: ParseStream, parens: &mut Parens) -> syn::Result<()> {
    if input.peek(LitStr) {
        let ahead = input.fork();
        ahead.parse::<LitStr>()?;
        if ahead.is_empty() || ahead.peek(Token![,]) {
            parens.text = Some(input.parse()?);
            input.parse::<Option<Token![,]>>()?;
        } else if !ahead.peek(Token![.]) {
            return Err(ahead.error("expected `,` after the id"));
        }
    }
    while !input.is_empty() {
        parens.args.push(arg::arg(input)?);
        if !input.is_empty() && input.parse::<Token![,]>().is_err() {
            return Err(input.error("expected `,` or the end of the arguments"));
        }
    }
    Ok(())
}
