//! The words that stand in `of = (…)`: methods of `flowstone::windows::aggregate::Of`.

use super::calls::CallSpec;
use crate::spec::Param;
use crate::words;

const VALUE: Param = Param::closure("f", &["value"]).free();
const COMPARE: Param = Param::closure("compare", &["a", "b"]);
const OF_VALUE: &[Param] = &[VALUE];

const AGGREGATES: &[CallSpec] = &[
    CallSpec { word: "collect", params: OF_VALUE },
    CallSpec { word: "count", params: &[] },
    CallSpec { word: "distinct", params: OF_VALUE },
    CallSpec { word: "distinct_approx", params: OF_VALUE },
    CallSpec { word: "first", params: OF_VALUE },
    CallSpec { word: "last", params: OF_VALUE },
    CallSpec { word: "max", params: OF_VALUE },
    CallSpec { word: "max_by", params: &[VALUE, COMPARE] },
    CallSpec { word: "mean", params: OF_VALUE },
    CallSpec { word: "min", params: OF_VALUE },
    CallSpec { word: "min_by", params: &[VALUE, COMPARE] },
    CallSpec { word: "sum", params: OF_VALUE },
    CallSpec { word: "top", params: &[Param::expr("n"), VALUE] },
    CallSpec { word: "top_by", params: &[Param::expr("n"), VALUE, COMPARE] },
    CallSpec { word: "variance", params: OF_VALUE },
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
