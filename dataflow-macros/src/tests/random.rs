//! Input of any kind: the compiler never panics, and what it gives is Rust.

use super::tokens;
use crate::driver;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use proptest::prelude::*;

const FLOW: &str = r#"
/// Hits per page.
#[must_use] pub(crate) flow page_hits<T: Send>(/// Where.
    events: PathBuf, #[default = "out"] out: Vec<T>) where T: Sync {
    parsed = input("events", FileSource::new(events)) -> try_map("parse", |line| from_str::<Event>(&line)?.at);
    parsed.err -> output("rejects", StderrSink::new());
    hits: (String, u64) = parsed -> key_on(|e| e.url.clone()) -> collect("lists", timeout = 1.5s, max_size = 50);
    sides = hits -> branch(|h| h.1.len() > 3 && x.0.1 == 2);
    both = merge("both", sides.trues, sides.falses);
    both -> inspect("look") -> apply(sliding(offset = 1s, length = 2min)) -> output("out", CsvSink::new(out));
    hits -> discard("counted");
}
"#;

/// Words and signs that mean something to the parser.
const PIECES: &[&str] = &[
    "flow", "pub", "f", "a", "b", "=", "->", ";", ":", "::", ".", ",", "|", "||", "<", ">", "input", "map", "merge",
    "collect", "output", "branch", "try_map", "err", "\"id\"", "2s", "5m", "0x1d", "1.5h", "max_size", "|x| x",
    "async", "move", "let", "#", "!", "r#type", "'a", "'c'", "&", "*", "..", "where", "impl", "dyn", "u8", "tumbling",
    "const",
];

fn check(input: TokenStream) {
    let output = driver::expand(input.clone());
    if let Err(error) = syn::parse2::<syn::File>(output.clone()) {
        panic!("{error}\ninput: {input}\noutput: {output}");
    }
}

/// Streams of pieces in groups within groups.
fn pieces() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(PIECES).prop_map(str::to_owned);
    let tree = piece.prop_recursive(4, 64, 12, |inner| {
        (proptest::sample::select(&["( )", "{ }", "[ ]"][..]), prop::collection::vec(inner, 0..12))
            .prop_map(|(around, inner)| around.replace(' ', &format!(" {} ", inner.join(" "))))
    });
    prop::collection::vec(tree, 0..24).prop_map(|trees| trees.join(" "))
}

/// A change to the tokens of a flow: where, which, and what to put there.
#[derive(Debug, Clone)]
enum Change {
    Delete(prop::sample::Index),
    Insert(prop::sample::Index, &'static str),
    Swap(prop::sample::Index, prop::sample::Index),
    Repeat(prop::sample::Index),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let index = any::<prop::sample::Index>;
    let change = prop_oneof![
        index().prop_map(Change::Delete),
        (index(), proptest::sample::select(PIECES)).prop_map(|(at, piece)| Change::Insert(at, piece)),
        (index(), index()).prop_map(|(a, b)| Change::Swap(a, b)),
        index().prop_map(Change::Repeat),
    ];
    prop::collection::vec(change, 1..5)
}

/// A token tree with its groups flattened: changes happen at any depth.
#[derive(Clone)]
enum Flat {
    Open(Delimiter),
    Close,
    Tree(TokenTree),
}

fn flatten(stream: TokenStream, out: &mut Vec<Flat>) {
    for tree in stream {
        match tree {
            TokenTree::Group(group) => {
                out.push(Flat::Open(group.delimiter()));
                flatten(group.stream(), out);
                out.push(Flat::Close);
            }
            other => out.push(Flat::Tree(other)),
        }
    }
}

/// Groups again; what is not closed closes at the end, and a close without its opening is left out.
fn nest(flat: Vec<Flat>) -> TokenStream {
    let mut open: Vec<(Delimiter, TokenStream)> = vec![(Delimiter::None, TokenStream::new())];
    let close = |open: &mut Vec<(Delimiter, TokenStream)>| {
        if let (true, Some((delimiter, inner))) = (open.len() > 1, open.pop()) {
            let group = TokenTree::Group(Group::new(delimiter, inner));
            open.last_mut().expect("the outermost").1.extend([group]);
        }
    };
    for piece in flat {
        match piece {
            Flat::Open(delimiter) => open.push((delimiter, TokenStream::new())),
            Flat::Close if open.len() > 1 => close(&mut open),
            Flat::Close => {}
            Flat::Tree(tree) => open.last_mut().expect("the outermost").1.extend([tree]),
        }
    }
    while open.len() > 1 {
        close(&mut open);
    }
    open.pop().expect("the outermost").1
}

fn changed(changes: &[Change]) -> TokenStream {
    let mut flat = Vec::new();
    flatten(tokens(FLOW), &mut flat);
    for change in changes {
        match change {
            Change::Delete(at) => drop(flat.remove(at.index(flat.len()))),
            Change::Insert(at, piece) => {
                let at = at.index(flat.len());
                flat.splice(at..at, tokens(piece).into_iter().map(Flat::Tree));
            }
            Change::Swap(a, b) => {
                let (a, b) = (a.index(flat.len()), b.index(flat.len()));
                flat.swap(a, b);
            }
            Change::Repeat(at) => {
                let at = at.index(flat.len());
                flat.insert(at, flat[at].clone());
            }
        }
    }
    nest(flat)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_tokens(text in pieces()) {
        if let Ok(tokens) = text.parse() {
            check(tokens);
        }
    }

    #[test]
    fn any_statements(text in pieces()) {
        if let Ok(tokens) = format!("flow f(a: u8) {{ {text} }}").parse() {
            check(tokens);
        }
    }

    #[test]
    fn any_arguments(text in pieces()) {
        if let Ok(tokens) = format!("flow f(a: u8) {{ input(\"i\", a) -> collect({text}) -> output(\"o\", b); }}").parse() {
            check(tokens);
        }
    }

    #[test]
    fn any_change_of_a_flow(changes in changes()) {
        check(changed(&changes));
    }
}

#[test]
fn the_flow_that_is_changed_is_sound() {
    let output = driver::expand(tokens(FLOW)).to_string();
    assert!(!output.contains("compile_error"), "{output}");
    check(tokens(FLOW));
}

#[test]
fn the_same_tokens_give_the_same_tokens() {
    assert_eq!(driver::expand(tokens(FLOW)).to_string(), driver::expand(tokens(FLOW)).to_string());
}
