//! Words in messages: the nearest known word, lists as a sentence has them, and code.

use proc_macro2::{Delimiter, Ident, Spacing, TokenStream, TokenTree};

/// The word of `known` that `word` was probably meant to be.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = match word.chars().count() {
        0..=2 => 1,
        3..=5 => 2,
        _ => 3,
    };
    let scored = known.into_iter().filter_map(|other| {
        let distance = distance(&word.to_lowercase(), other);
        // A word that shares nothing with the other is no slip of the keyboard.
        (distance <= allowed && distance < other.chars().count()).then_some((distance, other))
    });
    scored.min_by_key(|(distance, _)| *distance).map(|(_, other)| other)
}

/// `; did you mean `…`?`, or `otherwise` where nothing is near.
pub(crate) fn did_you_mean<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
    otherwise: impl FnOnce() -> String,
) -> String {
    match nearest(word, known) {
        Some(other) => format!("; did you mean `{other}`?"),
        None => otherwise(),
    }
}

/// `` `a`, `b` and `c` ``
pub(crate) fn and(words: &[String]) -> String {
    join(words, "and")
}

/// `` `a`, `b` or `c` ``
pub(crate) fn or(words: &[String]) -> String {
    join(words, "or")
}

/// `1 argument`, `2 arguments`
pub(crate) fn count(number: usize, noun: &str) -> String {
    match number {
        0 => format!("no {noun}s"),
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

/// Whether it is written as types are.
pub(crate) fn is_type(word: &Ident) -> bool {
    word.to_string().starts_with(|first: char| first.is_ascii_uppercase())
}

/// Tokens as a user would write them: `FileSource::new(path)`. With `…` for what stands in parentheses where it is long.
pub(crate) fn code(tokens: TokenStream) -> String {
    const LONGEST: usize = 48;
    let whole = written(tokens.clone());
    if whole.chars().count() <= LONGEST {
        return whole;
    }
    let short = tokens.into_iter().map(|tree| match tree {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => "(…)".to_owned(),
        other => written(other.into()),
    });
    short.collect()
}

fn written(tokens: TokenStream) -> String {
    let (mut out, mut after_word) = (String::new(), false);
    // Bars that open and close a closure's parameters; another bar stands behind a value.
    let (mut after_value, mut in_bars) = (false, false);
    for tree in tokens {
        let word = matches!(tree, TokenTree::Ident(_) | TokenTree::Literal(_));
        let bar = matches!(&tree, TokenTree::Punct(punct) if punct.as_char() == '|');
        let (opens, closes) = (bar && !in_bars && !after_value, bar && in_bars);
        in_bars = opens || (in_bars && !closes);
        let keyword = matches!(&tree, TokenTree::Ident(word) if word == "move");
        after_value = (word && !keyword) || matches!(tree, TokenTree::Group(_));
        if (word || opens) && after_word {
            out.push(' ');
        }
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => (" { ", " }"),
                    Delimiter::None => ("", ""),
                };
                out.extend([open, &written(group.stream()), close]);
            }
            TokenTree::Punct(punct) if punct.as_char() == ',' => out.push_str(", "),
            _ if closes => out.push_str("| "),
            TokenTree::Punct(punct) if punct.as_char() == '=' && after_word && punct.spacing() == Spacing::Alone => {
                out.push_str(" = ");
            }
            other => out.push_str(&other.to_string()),
        }
        after_word = word;
    }
    out
}

/// Where the string literal ends with which `text` begins: behind its closing quote.
pub(crate) fn end_of_quoted(text: &str) -> Option<usize> {
    let mut escaped = false;
    let inner = text.strip_prefix('"')?;
    let end = inner.find(|sign| {
        let ends = sign == '"' && !escaped;
        escaped = sign == '\\' && !escaped;
        ends
    });
    end.map(|end| end + 2)
}

fn join(words: &[String], last: &str) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

/// How many letters must be put in, taken out, changed or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let change = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = change.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_keyboard_are_near() {
        let known = ["map", "filter", "flat_map", "collect"];
        assert_eq!(nearest("mpa", known), Some("map"));
        assert_eq!(nearest("fliter", known), Some("filter"));
        assert_eq!(nearest("flatmap", known), Some("flat_map"));
        assert_eq!(nearest("Map", known), Some("map"));
        assert_eq!(nearest("launch", known), None);
        assert_eq!(nearest("x", known), None);
    }

    #[test]
    fn code_reads_as_it_is_written() {
        for text in ["f(|a, b| *a, wait = 10s)", "|| read()", "move |_| x", "a|b"] {
            assert_eq!(code(text.parse().expect("tokens")), text);
        }
    }

    #[test]
    fn lists_read_as_sentences() {
        let words = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(and(&words(&["a"])), "`a`");
        assert_eq!(and(&words(&["a", "b", "c"])), "`a`, `b` and `c`");
        assert_eq!(or(&words(&["a", "b"])), "`a` or `b`");
    }
}
