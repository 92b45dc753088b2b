//! `attributes visibility flow NAME generics (parameters) where { statements }`

use super::skip::skip_past;
use super::{repair, statement};
use crate::ast::{Flow, Parameter};
use crate::errors::Errors;
use crate::words;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::BTreeSet;
use syn::ext::IdentExt;
use syn::parse::{ParseBuffer, ParseStream, Parser};
use syn::{Attribute, Expr, ExprLit, Generics, Ident, Lit, LitStr, Meta, Token, Type, Visibility};
use syn::{braced, parenthesized, token};

/// One flow. `None` where nothing of use could be read; some tokens are consumed in any case.
pub(super) fn flow(errors: &mut Errors, input: ParseStream) -> Option<Flow> {
    let before = errors.len();
    let mut flow = match head(input) {
        Ok(flow) => flow,
        Err(error) => {
            errors.push(error);
            skip_past(input, ends_flow);
            return None;
        }
    };
    flow.lock = lock(errors, &mut flow.attributes);
    match parentheses(input) {
        Ok(content) => flow.parameters = parameters(errors, &content),
        Err(error) => {
            errors.push(located(input, error, &flow));
            skip_past(input, ends_flow);
            flow.parsed = false;
            return Some(flow);
        }
    }
    let body = input.parse().and_then(|clause| {
        flow.generics.where_clause = clause;
        braces(input)
    });
    match body {
        Ok(content) => {
            let tokens: TokenStream = content.fork().parse().unwrap_or_default();
            statements(errors, &content, &mut flow);
            // An editor has closed a parenthesis at the flow's end that its user has not closed yet.
            if errors.len() > before && repair::is_open(&tokens) {
                let mut unsaid = Errors::default();
                (flow.statements, flow.guessed) = (Vec::new(), true);
                let again = |input: ParseStream| {
                    statements(&mut unsaid, input, &mut flow);
                    Ok(())
                };
                again.parse2(repair::closed(tokens)).unwrap_or_default();
                unsaid.forget();
            }
        }
        Err(error) => {
            errors.push(located(input, error, &flow));
            flow.mentioned.extend(skip_past(input, ends_flow));
        }
    }
    flow.parsed = errors.len() == before;
    Some(flow)
}

fn statements(errors: &mut Errors, input: ParseStream, flow: &mut Flow) {
    while !input.is_empty() {
        flow.statements.extend(statement::statement(errors, input, &mut flow.mentioned));
    }
}

/// Up to the name and its generics.
fn head(input: ParseStream) -> syn::Result<Flow> {
    let attributes = input.call(Attribute::parse_outer)?;
    let visibility: Visibility = input.parse()?;
    let written = "a flow is written `pub flow name(parameters) { statements }`";
    let keyword = input
        .call(Ident::parse_any)
        .map_err(|error| syn::Error::new(error.span(), format!("expected `flow`; {written}")))?;
    if keyword != "flow" {
        return Err(syn::Error::new(keyword.span(), format!("expected `flow`, found `{keyword}`; {written}")));
    }
    let name = input
        .parse()
        .map_err(|error: syn::Error| syn::Error::new(error.span(), format!("expected the flow's name; {written}")))?;
    let generics: Generics = input.parse()?;
    Ok(Flow {
        attributes,
        lock: None,
        visibility,
        name,
        generics,
        parameters: Vec::new(),
        statements: Vec::new(),
        parsed: true,
        guessed: false,
        mentioned: BTreeSet::new(),
    })
}

/// Takes `#[locked("path")]` out of the attributes: no other compiler knows it.
fn lock(errors: &mut Errors, attributes: &mut Vec<Attribute>) -> Option<LitStr> {
    let mut lock = None;
    attributes.retain(|attribute| {
        if !attribute.path().is_ident("locked") {
            return true;
        }
        match attribute.parse_args::<LitStr>() {
            Ok(path) if lock.is_none() && !path.value().is_empty() => lock = Some(path),
            Ok(path) if lock.is_some() => errors.at(path.span(), "a flow has one lock; remove this one"),
            _ => errors.over(attribute, "a lock needs the path of its file; write `#[locked(\"flow.lock\")]`"),
        }
        false
    });
    lock
}

/// A mistake at the end of the macro's input has no place of its own: the flow's name stands for it.
fn located(input: ParseStream, error: syn::Error, flow: &Flow) -> syn::Error {
    if input.is_empty() { syn::Error::new(flow.name.span(), error) } else { error }
}

fn parentheses<'a>(input: ParseStream<'a>) -> syn::Result<ParseBuffer<'a>> {
    if !input.peek(token::Paren) {
        return Err(input.error("expected the flow's parameters in parentheses; write `()` where it has none"));
    }
    let content;
    parenthesized!(content in input);
    Ok(content)
}

fn braces<'a>(input: ParseStream<'a>) -> syn::Result<ParseBuffer<'a>> {
    if !input.peek(token::Brace) {
        return Err(input.error("expected the flow's statements in braces"));
    }
    let content;
    braced!(content in input);
    Ok(content)
}

fn parameters(errors: &mut Errors, input: ParseStream) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    while !input.is_empty() {
        match parameter(errors, input) {
            Ok(parameter) => parameters.push(parameter),
            Err(error) => {
                errors.push(error);
                skip_past(input, |tree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ','));
                continue;
            }
        }
        if !input.is_empty() && input.parse::<Token![,]>().is_err() {
            errors.push(input.error("expected `,` between two parameters"));
            skip_past(input, |_| false);
        }
    }
    parameters
}

fn parameter(errors: &mut Errors, input: ParseStream) -> syn::Result<Parameter> {
    let attributes = input.call(Attribute::parse_outer)?;
    let (mut doc, mut default) = (Vec::new(), None);
    for attribute in &attributes {
        match (text_of(attribute), attribute.path().get_ident().map(ToString::to_string).as_deref()) {
            (Some(line), Some("doc")) => doc.push(line),
            (Some(text), Some("default")) if default.is_none() => default = Some(text),
            (_, name) => errors.over(attribute, no_attribute(attribute, name.unwrap_or_default())),
        }
    }
    if let Ok(keyword) = input.parse::<Token![mut]>() {
        errors.at(keyword.span, "a parameter is not changed; write its name alone");
    }
    let name: Ident = input
        .parse()
        .map_err(|error: syn::Error| syn::Error::new(error.span(), "expected a parameter, `name: Type`"))?;
    if !input.peek(Token![:]) {
        return Err(syn::Error::new(name.span(), format!("parameter `{name}` needs its type; write `{name}: Type`")));
    }
    input.parse::<Token![:]>()?;
    let ty: Type = input.parse()?;
    if let Ok(equals) = input.parse::<Token![=]>() {
        let value = words::code(input.parse::<Expr>()?.to_token_stream());
        let message = format!(
            "a default precedes its parameter, as text; write `#[default = \"{value}\"] {name}: {}`",
            words::code(ty.to_token_stream())
        );
        errors.at(equals.span, message);
    }
    let doc = doc_text(doc.iter().map(LitStr::value));
    Ok(Parameter { doc, default, name, ty })
}

/// What to say of an attribute that cannot stand on a parameter.
fn no_attribute(attribute: &Attribute, name: &str) -> String {
    let value = match &attribute.meta {
        Meta::NameValue(pair) => pair.value.to_token_stream(),
        Meta::List(list) => list.tokens.clone(),
        Meta::Path(_) => TokenStream::new(),
    };
    let value = if value.is_empty() { "…".to_owned() } else { words::code(value) };
    let fix = format!("`#[default = \"{}\"]`", value.trim_matches('"'));
    match (name, text_of(attribute)) {
        ("default", Some(_)) => "a parameter has one default; remove this one".to_owned(),
        ("default", None) => format!("a default is text, as the command line would have it; write {fix}"),
        _ if words::nearest(name, ["default"]).is_some() => format!("unknown attribute `{name}`; did you mean {fix}?"),
        _ => "only a doc comment and `#[default = \"text\"]` are allowed on a parameter; remove this".to_owned(),
    }
}

/// The literal of `#[name = "literal"]`.
pub(crate) fn text_of(attribute: &Attribute) -> Option<LitStr> {
    match &attribute.meta {
        Meta::NameValue(pair) => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// The text of doc comments, without the blank that stands after `///`.
pub(crate) fn doc_text(lines: impl Iterator<Item = String>) -> String {
    let lines: Vec<_> = lines.map(|line| line.strip_prefix(' ').unwrap_or(&line).trim_end().to_owned()).collect();
    lines.join("\n").trim().to_owned()
}

fn ends_flow(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}
