//! The tables of the language: its steps by theme, its calls inside arguments, and words that other engines use.

pub(crate) mod aggregates;
pub(crate) mod aliases;
pub(crate) mod calls;
mod joins;
mod keyed;
mod plumbing;
mod stateless;
mod windows;

use crate::spec::Spec;
use crate::words;

const TABLES: [&[Spec]; 5] = [joins::STEPS, keyed::STEPS, plumbing::STEPS, stateless::STEPS, windows::STEPS];

/// All steps.
pub(crate) fn all() -> impl Iterator<Item = &'static Spec> {
    TABLES.into_iter().flatten()
}

/// The step of this word.
pub(crate) fn find(word: &str) -> Option<&'static Spec> {
    all().find(|spec| spec.word == word)
}

/// What to say of a word that is no step.
pub(crate) fn unknown(word: &str) -> String {
    if let Some(here) = aliases::here(word) {
        let usage = find(here).map(Spec::usage).unwrap_or_default();
        return format!("`{word}` is called `{here}` here; write `{usage}`");
    }
    let otherwise = || "; for a function of your own write `-> apply(\"id\", function)`".to_owned();
    format!("unknown step `{word}`{}", words::did_you_mean(word, all().map(|spec| spec.word), otherwise))
}

/// What to say of a call at the head of a chain that is no step: a source without `input`, as a rule.
pub(crate) fn unknown_head(word: &str, call: &str) -> String {
    if aliases::here(word).is_some() {
        return unknown(word);
    }
    let heads = all().filter(|spec| spec.role.is_head()).map(|spec| spec.word);
    match words::nearest(word, heads) {
        Some(head) => format!("unknown head `{word}`; did you mean `{head}`?"),
        None => bare_source(word, call),
    }
}

/// What to say of a source, beginning with `word`, that stands where `input` should have it.
pub(crate) fn bare_source(word: &str, source: &str) -> String {
    format!("`{word}` cannot begin a chain; for a source write `input(\"id\", {source}) -> …`")
}

/// What to say of a sink, beginning with `word`, that stands where `output` should have it.
pub(crate) fn bare_sink(word: &str, sink: &str) -> String {
    format!("`{word}` is no step; for a sink write `-> output(\"id\", {sink})`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Id, Param, Presence, Role, Runs};

    #[test]
    fn tables_are_sorted_and_no_word_stands_twice() {
        for table in TABLES {
            assert!(table.is_sorted_by(|a, b| a.word < b.word));
        }
        assert!(aggregates::all().map(|aggregate| aggregate.word).is_sorted());
        let mut seen = std::collections::BTreeSet::new();
        assert!(all().all(|spec| seen.insert(spec.word)));
    }

    #[test]
    fn other_words_lead_to_steps() {
        for (other, here) in aliases::ALIASES {
            assert!(find(other).is_none(), "`{other}` is a step");
            assert!(find(here).is_some(), "`{here}` is no step");
        }
        assert!(aliases::ALIASES.is_sorted());
        for (other, here) in aliases::CALLS {
            assert!(calls::find(other).is_none() && calls::find(here).is_some(), "`{other}`, `{here}`");
        }
        for table in [aliases::CALLS, aliases::ARGUMENTS, aliases::WORDS] {
            assert!(table.is_sorted());
        }
        let arguments: Vec<_> = all().map(|spec| spec.params).chain(calls::all().map(|call| call.params)).collect();
        for (other, here) in aliases::ARGUMENTS {
            let named = |params: &&[Param]| params.iter().any(|param| param.name == *here);
            assert!(arguments.iter().any(named), "`{other}`, `{here}`");
        }
        for (other, here) in aggregates::ALIASES {
            assert!(aggregates::find(other).is_none() && aggregates::find(here).is_some(), "`{other}`, `{here}`");
        }
    }

    #[test]
    fn specs_hold_together() {
        for spec in all() {
            let word = spec.word;
            assert_eq!(spec.role.is_end(), spec.outputs.is_empty(), "{word}: ends, and only they, give nothing");
            assert!(!spec.stateful || spec.id == Id::Needed, "{word}: state is found again by its id");
            assert!(!spec.stateful || spec.runs == Runs::ByKey, "{word}: state lives with its key");
            assert!(
                !matches!(spec.role, Role::Gather(streams) if streams.least == 0 || streams.most < streams.least),
                "{word}: made of nothing"
            );
            let mut params = spec.params.iter();
            assert!(
                params.all(|param| param.presence != Presence::Optional || param.named),
                "{word}: name what is optional"
            );
            let switches = spec.params.iter().filter(|param| matches!(param.presence, Presence::Else(..))).count();
            assert!(switches <= 1, "{word}: two other functions");
        }
    }

    #[test]
    fn the_page_of_the_language_shows_every_step_and_call() {
        let page = include_str!("../language.md");
        // The page says of values only that they stand there.
        let plain = |params: &[Param]| -> &'static [Param] {
            Box::leak(params.iter().map(|param| Param { like: None, ..*param }).collect())
        };
        let steps = all().map(|spec| Spec { params: plain(spec.params), ..*spec }.usage());
        let calls = calls::all().chain(aggregates::all());
        let calls = calls.map(|call| calls::CallSpec { params: plain(call.params), ..*call }.usage());
        for usage in steps.chain(calls) {
            assert!(page.contains(&usage), "language.md lacks `{usage}`");
        }
    }
}
