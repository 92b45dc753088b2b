//! The conventions that `rename_all` turns names into, by serde's names for them.

use syn::LitStr;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Same,
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

const CASES: [(&str, Case); 8] = [
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
    ("PascalCase", Case::Pascal),
    ("camelCase", Case::Camel),
    ("snake_case", Case::Snake),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("kebab-case", Case::Kebab),
    ("SCREAMING-KEBAB-CASE", Case::ScreamingKebab),
];

impl Case {
    pub(super) fn parse(literal: &LitStr) -> syn::Result<Case> {
        let value = literal.value();
        CASES.iter().find(|(name, _)| *name == value).map(|(_, case)| *case).ok_or_else(|| {
            let names: Vec<&str> = CASES.iter().map(|(name, _)| *name).collect();
            syn::Error::new(literal.span(), format!("unknown case; there are `{}`", names.join("`, `")))
        })
    }

    /// A field's name, which is in snake case.
    pub(super) fn field(self, name: &str) -> String {
        match self {
            Case::Same | Case::Snake | Case::Lower => name.to_owned(),
            _ => self.join(name.split('_').filter(|word| !word.is_empty())),
        }
    }

    /// A variant's name, which is in Pascal case: a capital starts a word.
    pub(super) fn variant(self, name: &str) -> String {
        let starts = name.char_indices().filter(|(at, letter)| *at == 0 || letter.is_uppercase()).map(|(at, _)| at);
        let starts: Vec<usize> = starts.chain([name.len()]).collect();
        let words = starts.windows(2).map(|range| &name[range[0]..range[1]]);
        match self {
            Case::Same | Case::Pascal => name.to_owned(),
            Case::Lower => name.to_lowercase(),
            Case::Upper => name.to_uppercase(),
            _ => self.join(words),
        }
    }

    fn join<'a>(self, words: impl Iterator<Item = &'a str>) -> String {
        let (separator, all): (&str, fn(usize, &str) -> String) = match self {
            Case::Same | Case::Snake => ("_", |_, word| word.to_lowercase()),
            Case::Lower => ("", |_, word| word.to_lowercase()),
            Case::Upper | Case::ScreamingSnake => ("_", |_, word| word.to_uppercase()),
            Case::Kebab => ("-", |_, word| word.to_lowercase()),
            Case::ScreamingKebab => ("-", |_, word| word.to_uppercase()),
            Case::Pascal => ("", |_, word| capital(word)),
            Case::Camel => ("", |at, word| if at == 0 { word.to_lowercase() } else { capital(word) }),
        };
        let words: Vec<String> = words.enumerate().map(|(at, word)| all(at, word)).collect();
        words.join(separator)
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
