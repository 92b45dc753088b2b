//! Tokens to syntax tree. The grammar is closed: no step has syntax of its own, and this folder knows none by name.
//!
//! Parsing goes on after a mistake: at the next `;` after a bad statement, behind the parentheses after a bad argument,
//! behind the braces after a bad head of a flow.

mod arg;
mod flow;
mod repair;
mod skip;
mod statement;
mod step;

pub(crate) use flow::{doc_text, text_of};

use crate::ast::Flow;
use crate::errors::Errors;
use proc_macro2::TokenStream;
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
