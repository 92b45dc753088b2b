//! Tokens to syntax tree. The grammar is closed: no step has syntax of its own, and this folder knows none by name.
//!
//! Parsing goes on after a mistake: at the next `;` after a bad statement, behind the parentheses after a bad argument,
//! behind the braces after a bad head of a flow.

mod arg;
mod flow;
mod repair;
mod statement;
mod step;

pub(crate) use flow::{doc_text, text_of};

use crate::ast::Flow;
use crate::errors::Errors;
use proc_macro2::{TokenStream, TokenTree};
use std::collections::BTreeSet;
use syn::parse::{ParseStream, Parser};

/// All flows of one macro call.
pub(crate) fn flows(errors: &mut Errors, tokens: TokenStream) -> Vec<Flow> {
    let mut flows = Vec::new();
    let all = |input: ParseStream| {
        while !input.is_empty() {
            flows.extend(flow::flow(errors, input));
        }
        Ok(())
    };
    if let Err(error) = all.parse2(tokens) {
        errors.push(error);
    }
    flows
}

/// Reads on behind the next token for which `last` is true, or to the end; gives the identifiers on the way.
fn skip_past(input: ParseStream, last: impl Fn(&TokenTree) -> bool) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    while let Ok(tree) = input.parse::<TokenTree>() {
        let found = last(&tree);
        identifiers(tree, &mut names);
        if found {
            break;
        }
    }
    names
}

fn identifiers(tree: TokenTree, names: &mut BTreeSet<String>) {
    match tree {
        TokenTree::Ident(ident) => {
            names.insert(ident.to_string());
        }
        TokenTree::Group(group) => group.stream().into_iter().for_each(|inner| identifiers(inner, names)),
        TokenTree::Punct(_) | TokenTree::Literal(_) => {}
    }
}
