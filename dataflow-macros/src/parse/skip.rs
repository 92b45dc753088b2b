//! Going on after a mistake: what is skipped, and which names stand in it.

use proc_macro2::TokenTree;
use std::collections::BTreeSet;
use syn::parse::ParseStream;

/// Reads on after the next token for which `last` is true, or to the end; gives the identifiers on the way.
pub(super) fn skip_past(input: ParseStream, last: impl Fn(&TokenTree) -> bool) -> BTreeSet<String> {
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
