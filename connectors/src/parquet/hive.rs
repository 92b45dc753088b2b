//! Directories named by columns, as Hive names them: `year=2024/month=1/page=%2Fhome`.

use std::borrow::Cow;
use std::path::Path;

use percent_encoding::percent_decode_str;

/// What a directory is called whose rows have a null in the column.
pub(crate) const NULL: &str = "__HIVE_DEFAULT_PARTITION__";

/// Appends `name=value/` to `path`.
pub(crate) fn push(path: &mut String, name: &str, value: Option<&str>) {
    if !path.is_empty() {
        path.push('/');
    }
    encode(path, name);
    path.push('=');
    match value {
        None => path.push_str(NULL),
        // A value that looks like a null: its first letter in percent encoding is the same value, and no null.
        Some(NULL) => path.push_str("%5F_HIVE_DEFAULT_PARTITION__"),
        Some(value) => encode(path, value),
    }
}

/// Appends `text` in percent encoding. Letters, digits and `-._~` stand for themselves, and so does what is not ASCII:
/// Hive and Spark decode byte by byte, and would make two letters of one `é` in percent encoding.
fn encode(path: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for letter in text.chars() {
        if letter.is_ascii() && !letter.is_ascii_alphanumeric() && !"-._~".contains(letter) {
            let byte = letter as u32 as usize;
            path.push('%');
            path.push(char::from(HEX[byte >> 4 & 15]));
            path.push(char::from(HEX[byte & 15]));
        } else {
            path.push(letter);
        }
    }
}

/// `text` as a part of a file's name.
pub(crate) fn file_name(text: &str) -> String {
    let mut name = String::new();
    encode(&mut name, text);
    name
}

/// The column and value that a directory's name stands for, if it stands for one.
pub(crate) fn parse(segment: &str) -> Option<(String, Option<String>)> {
    let (name, value) = segment.split_once('=')?;
    let decode = |text: &str| percent_decode_str(text).decode_utf8().map(Cow::into_owned).ok();
    let value = if value == NULL { None } else { Some(decode(value)?) };
    (!name.is_empty()).then_some((decode(name)?, value))
}

/// The columns and values that the directories between `root` and `file` stand for, the outermost first.
pub(crate) fn columns(root: &Path, file: &Path) -> Vec<(String, Option<String>)> {
    let Some(directory) = file.strip_prefix(root).ok().and_then(Path::parent) else { return Vec::new() };
    directory.iter().filter_map(|segment| parse(segment.to_str()?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(value: Option<&str>, expected: &str) {
        let mut path = String::new();
        push(&mut path, "page", value);
        assert_eq!(path, expected);
        assert_eq!(parse(&path), Some(("page".to_owned(), value.map(str::to_owned))));
    }

    #[test]
    fn values_are_encoded_and_come_back() {
        check(Some("/home"), "page=%2Fhome");
        check(Some("a b"), "page=a%20b");
        check(Some("50%"), "page=50%25");
        check(Some("a=b"), "page=a%3Db");
        check(Some("a+b"), "page=a%2Bb");
        check(Some("größe"), "page=größe");
        check(Some(".."), "page=..");
        check(Some(""), "page=");
        check(Some("%2F"), "page=%252F");
        check(None, "page=__HIVE_DEFAULT_PARTITION__");
        check(Some(NULL), "page=%5F_HIVE_DEFAULT_PARTITION__");
    }

    #[test]
    fn paths_are_parsed() {
        let found = columns(Path::new("/x=1/out"), Path::new("/x=1/out/year=2024/other/p%20q=%2Fa/file.parquet"));
        let expected = [("year", "2024"), ("p q", "/a")];
        assert_eq!(found, expected.map(|(name, value)| (name.to_owned(), Some(value.to_owned()))));
        assert_eq!(parse("plain"), None);
    }

    proptest! {
        #[test]
        fn any_value_comes_back(name in "\\PC{1,6}", value in prop::option::of(any::<String>())) {
            let mut path = String::new();
            push(&mut path, &name, value.as_deref());
            prop_assert!(!path.contains('/'));
            prop_assert_eq!(parse(&path), Some((name, value)));
        }
    }
}
