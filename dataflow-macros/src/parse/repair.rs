//! Arguments that are being written: what is there yet, as something that can be parsed.
//!
//! An editor has a flow expanded with every letter, and completes from the types that it finds: what stands before the cursor
//! must come out as it would of the finished flow. What is put in here stands behind it. None of this makes a flow sound:
//! the mistake has been reported by then.

use crate::ast::Arg;
use crate::steps;
use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{Expr, ExprClosure};

/// What begins a statement, and is the name of no field.
const STATEMENTS: &[&str] = &["for", "if", "let", "loop", "match", "return", "while"];

/// What stands for a value that is not there yet: of any type.
fn missing() -> [TokenTree; 2] {
    let span = Span::mixed_site();
    let mut body = Group::new(Delimiter::Brace, TokenStream::new());
    body.set_span(span);
    [Ident::new("loop", span).into(), body.into()]
}

/// The same tokens without each `.` behind which nothing stands yet, with values behind operators that lack one, blocks
/// behind `if` and `match`, and `;` before `let`.
pub(super) fn healed(tokens: TokenStream) -> TokenStream {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut out: Vec<TokenTree> = Vec::new();
    // Behind `if` and the like, until their block; behind `let`, until its `;`; and how many `<` are open.
    let (mut block, mut bound, mut open) = (false, false, 0usize);
    for (at, tree) in trees.iter().enumerate() {
        let (before, after) = (at.checked_sub(1).and_then(|before| trees.get(before)), trees.get(at + 1));
        let followed = match after {
            Some(TokenTree::Ident(word)) => !STATEMENTS.iter().any(|keyword| word == keyword),
            Some(TokenTree::Literal(_)) => true,
            _ => false,
        };
        if is(Some(tree), '.') && !followed && !is(before, '.') && !is(after, '.') {
            if ends(after) && std::mem::take(&mut block) {
                out.push(Group::new(Delimiter::Brace, TokenStream::new()).into());
            }
            continue;
        }
        match tree {
            TokenTree::Group(group) => {
                block &= group.delimiter() != Delimiter::Brace;
                let mut inner = Group::new(group.delimiter(), healed(group.stream()));
                inner.set_span(group.span());
                out.push(inner.into());
            }
            TokenTree::Ident(word) => {
                let begins_statement =
                    word == "let" && !matches!(before, Some(TokenTree::Ident(word)) if word == "if" || word == "while");
                if begins_statement && !matches!(out.last(), None | Some(TokenTree::Punct(_))) {
                    out.push(Punct::new(';', Spacing::Alone).into());
                }
                bound |= begins_statement;
                block |= ["for", "if", "match", "while"].iter().any(|keyword| word == keyword);
                out.push(tree.clone());
            }
            other => {
                match other {
                    TokenTree::Punct(punct) if punct.as_char() == '<' => open += 1,
                    TokenTree::Punct(punct) if punct.as_char() == ';' => (bound, open) = (false, 0),
                    _ => {}
                }
                out.push(other.clone());
            }
        }
        if !ends(after) {
            continue;
        }
        let keyword =
            matches!(tree, TokenTree::Ident(word) if ["for", "if", "in", "match", "while"].iter().any(|of| word == of));
        // The `>` of a type is no operator.
        let operator = matches!(tree, TokenTree::Punct(punct) if "+-*/%<>=&|^!".contains(punct.as_char()))
            && !(is(Some(tree), '>') && open > 0);
        if keyword || operator {
            out.extend(missing());
        }
        if std::mem::take(&mut block) {
            out.push(Group::new(Delimiter::Brace, TokenStream::new()).into());
        }
    }
    if bound {
        out.push(Punct::new(';', Spacing::Alone).into());
        out.extend(missing());
    }
    out.into_iter().collect()
}

fn is(tree: Option<&TokenTree>, sign: char) -> bool {
    matches!(tree, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

/// Whether a value ends before `tree`.
fn ends(tree: Option<&TokenTree>) -> bool {
    tree.is_none() || is(tree, ',') || is(tree, ';')
}

/// The closures and what has a name, one by one, where some arguments cannot be parsed: a closure that cannot gives
/// whatever is needed.
pub(super) fn one_by_one(tokens: TokenStream) -> Vec<Arg> {
    let args = pieces(tokens).into_iter().filter_map(piece);
    args.filter(|arg| arg.name.is_some() || matches!(arg.value, Expr::Closure(_))).collect()
}

fn piece(tokens: TokenStream) -> Option<Arg> {
    if let Ok(arg) = super::arg::arg.parse2(tokens.clone()) {
        return Some(arg);
    }
    let parser = |input: ParseStream| {
        let name = super::arg::name(input)?;
        let mut trees: Vec<TokenTree> = Vec::new();
        let mut bars = 0;
        while bars < 2 {
            let tree: TokenTree = input.parse()?;
            bars += usize::from(is(Some(&tree), '|'));
            trees.push(tree);
        }
        super::skip::skip_past(input, |_| false);
        trees.extend(missing());
        let closure: ExprClosure = syn::parse2(trees.into_iter().collect())?;
        Ok(Arg { name, value: Expr::Closure(closure) })
    };
    parser.parse2(tokens).ok()
}

/// What stands between commas, those between the bars of a closure left aside.
fn pieces(tokens: TokenStream) -> Vec<TokenStream> {
    let (mut all, mut piece, mut bars) = (Vec::new(), TokenStream::new(), 0);
    for tree in tokens {
        if is(Some(&tree), ',') && bars != 1 {
            all.push(std::mem::take(&mut piece));
            bars = 0;
            continue;
        }
        bars += usize::from(is(Some(&tree), '|'));
        piece.extend([tree]);
    }
    all.push(piece);
    all.retain(|piece| !piece.is_empty());
    all
}

/// The statements of a flow with each parenthesis closed where the next step or the next statement begins. An editor closes
/// it at the flow's end, and a compiler does not come here.
pub(super) fn closed(tokens: TokenStream) -> TokenStream {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut out = TokenStream::new();
    for (at, tree) in trees.iter().enumerate() {
        let TokenTree::Group(group) = tree else {
            out.extend([tree.clone()]);
            continue;
        };
        let mut inner: Vec<TokenTree> = closed(group.stream()).into_iter().collect();
        let of_macro = at.checked_sub(1).is_some_and(|before| is(trees.get(before), '!'));
        let mut rest = Vec::new();
        if group.delimiter() == Delimiter::Parenthesis && !of_macro {
            let end = (0..inner.len()).find(|at| is(inner.get(*at), ';') || begins_step(&inner[*at..]));
            rest = inner.split_off(end.unwrap_or(inner.len()));
        }
        let mut group = Group::new(group.delimiter(), inner.into_iter().collect());
        group.set_span(tree.span());
        out.extend([TokenTree::Group(group)]);
        out.extend(rest);
    }
    out
}

/// `-> WORD(…)`
fn begins_step(trees: &[TokenTree]) -> bool {
    match trees {
        [a, b, TokenTree::Ident(word), TokenTree::Group(_), ..] => {
            is(Some(a), '-') && is(Some(b), '>') && steps::find(&word.to_string()).is_some()
        }
        _ => false,
    }
}

/// Whether anything in `tokens` has to be [`closed`].
pub(super) fn is_open(tokens: &TokenStream) -> bool {
    tokens.to_string() != closed(tokens.clone()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    fn check(text: &str, expected: &str) {
        let tokens = |text: &str| text.parse::<TokenStream>().expect("tokens");
        assert_eq!(healed(tokens(text)).to_string(), tokens(expected).to_string(), "{text}");
        assert!(syn::parse2::<Expr>(healed(tokens(text))).is_ok(), "{text}");
    }

    #[test]
    fn values_that_are_not_there_yet_are_put_in() {
        check("|o| o.", "|o| o");
        check("|o| o. > 3", "|o| o > 3");
        check("|o| o.price >", "|o| o.price > loop {}");
        check("|o| a && o.", "|o| a && o");
        check("|o|", "|o| loop {}");
        check("|o| { let a = ; o. }", "|o| { let a = loop {}; o }");
        check("|o| { o. let b: Vec<u64>; b }", "|o| { o; let b: Vec<u64>; b }");
        check("|o| { let a = o. }", "|o| { let a = o; loop {} }");
        check("|o| match o.", "|o| match o {}");
        check("|o| { if o.; 1 }", "|o| { if o {}; 1 }");
        check("|o| if", "|o| if loop {} {}");
        check("|o| { if let Some(a) = o. { a } }", "|o| { if let Some(a) = o { a } }");
        check("|o| 0..", "|o| 0..");
    }

    #[test]
    fn parentheses_are_closed_before_the_next_step() {
        let closed = |tokens: TokenStream| closed(tokens).to_string();
        let half = quote!(input("i", s) -> map("m", |o| f(o -> filter("f", |n| n > 3) -> output("o", k); a -> b();)));
        let whole = quote!(input("i", s) -> map("m", |o| f(o)) -> filter("f", |n| n > 3) -> output("o", k); a -> b(););
        assert_eq!(closed(half), whole.to_string());
        let sound = quote!(input("i", s) -> map("m", |f: fn(u64) -> u64| -> u64 { f(1); 2 }););
        assert!(!is_open(&sound));
    }
}
