//! The words that stand in `of = (…)`: methods of `flowstone::windows::aggregate::Of`.

use super::calls::{CallSpec, Makes};
use crate::spec::Param;
use crate::words;

const VALUE: Param = Param::closure("f", &["value"]).free();
const COMPARE: Param = Param::closure("compare", &["a", "b"]);
const OF_VALUE: &[Param] = &[VALUE];

const fn aggregate(word: &'static str, params: &'static [Param]) -> CallSpec {
    CallSpec { word, makes: Makes::Aggregate, params }
}

const AGGREGATES: &[CallSpec] = &[
    aggregate("collect", OF_VALUE),
    aggregate("count", &[]),
    aggregate("distinct", OF_VALUE),
    aggregate("distinct_approx", OF_VALUE),
    aggregate("first", OF_VALUE),
    aggregate("last", OF_VALUE),
    aggregate("max", OF_VALUE),
    aggregate("max_by", &[VALUE, COMPARE]),
    aggregate("mean", OF_VALUE),
    aggregate("min", OF_VALUE),
    aggregate("min_by", &[VALUE, COMPARE]),
    aggregate("sum", OF_VALUE),
    aggregate("top", &[Param::expr("n"), VALUE]),
    aggregate("top_by", &[Param::expr("n"), VALUE, COMPARE]),
    aggregate("variance", OF_VALUE),
];

/// Words of SQL and of other engines, and what the same thing is called here.
pub(super) const ALIASES: &[(&str, &str)] = &[
    ("average", "mean"),
    ("avg", "mean"),
    ("collect_list", "collect"),
    ("count_distinct", "distinct"),
    ("list", "collect"),
    ("stddev", "variance"),
    ("to_vec", "collect"),
];

/// All aggregates.
pub(crate) fn all() -> impl Iterator<Item = &'static CallSpec> {
    AGGREGATES.iter()
}

/// The aggregate of this word.
pub(crate) fn find(word: &str) -> Option<&'static CallSpec> {
    all().find(|aggregate| aggregate.word == word)
}

/// What to say of a word that is none of them, where it was probably meant to be one. It can as well be a function of the
/// user's own, and a type's name is.
pub(crate) fn unknown(word: &str) -> Option<String> {
    if word.starts_with(|first: char| !first.is_lowercase()) {
        return None;
    }
    if let Some((_, here)) = ALIASES.iter().find(|(other, _)| *other == word) {
        let usage = find(here).map(CallSpec::usage).unwrap_or_default();
        return Some(format!("`{word}` is called `{here}` here; write `{usage}`"));
    }
    let near = words::nearest(word, all().map(|spec| spec.word))?;
    Some(format!(
        "unknown aggregate `{word}`; did you mean `{near}`? (a function of your own has its path here: `self::{word}(…)`)"
    ))
}
