use flowstone_connectors::files::{Line, Text};
use flowstone_connectors::json::{self, JsonError, View};
use serde::Deserialize;
use std::borrow::Cow;

#[derive(Debug, PartialEq, Deserialize)]
struct Hit {
    page: String,
    user: u32,
}

fn error(text: &str) -> String {
    json::parse::<Hit>(text).unwrap_err().to_string()
}

#[test]
fn errors_are_short_and_say_where() {
    assert_eq!(json::parse::<Hit>(r#"{"page":"/","user":7}"#).unwrap(), Hit { page: "/".into(), user: 7 });
    assert_eq!(error(""), "the line is empty");
    assert_eq!(error("  "), "the line is empty at column 2, near `  `");
    assert_eq!(error("nonsense"), "expected ident at column 2, near `nonsense`");
    assert_eq!(
        error(r#"{"page":"/","user":"seven"}"#),
        "invalid type: string \"seven\", expected u32 at column 26, near `page\":\"/\",\"user\":\"seven\"}`"
    );
    assert_eq!(error(r#"{"page":"/"}"#), "missing field `user` at column 12, near `{\"page\":\"/\"}`");
    assert_eq!(error(r#"{"page":"/","us"#), "EOF while parsing a string at column 15, near `{\"page\":\"/\",\"us`");
    assert_eq!(
        error(r#"{"page":"öööööööööööööööööööööööööööööö","user":}"#),
        "expected value at column 79, near `ööööööö\",\"user\":}`"
    );
}

#[test]
fn a_line_that_failed_is_printed_with_its_error() {
    let line = Line::from("nonsense");
    let failed: (Line, JsonError) = (line.clone(), json::parse::<Hit>(&line).unwrap_err());
    assert_eq!(failed.to_line(), "nonsense: expected ident at column 2, near `nonsense`");
    let failed = (line.clone(), serde_json::from_str::<Hit>(&line).unwrap_err());
    assert_eq!(failed.to_line(), "nonsense: expected ident at line 1 column 2");
}

#[derive(Debug, Deserialize)]
struct HitRef<'a> {
    page: &'a str,
    #[serde(borrow, default)]
    title: Cow<'a, str>,
    tags: Vec<&'a str>,
}
json::borrowed!(HitRef);

fn hit_ref(text: &str) -> Result<View<HitRef<'static>>, JsonError> {
    // The line is dropped here: the view holds the text.
    json::view::<HitRef<'static>>(&Line::from(text))
}

#[test]
fn a_view_borrows_from_its_line() {
    let view = hit_ref(r#"{"page":"/home","title":"a\tb","tags":["x","y"]}"#).unwrap();
    let views: Vec<_> = std::iter::repeat_with(|| hit_ref(view.line()).unwrap()).take(100).collect();
    drop(view);
    let moved = std::thread::spawn(move || views).join().unwrap();
    for view in &moved {
        let hit = view.get();
        assert_eq!((hit.page, &*hit.title, hit.tags.as_slice()), ("/home", "a\tb", &["x", "y"][..]));
        let whole = view.line().as_bytes().as_ptr_range();
        assert!(whole.contains(&hit.page.as_ptr()) && whole.contains(&hit.tags[1].as_ptr()));
    }
    assert_eq!(format!("{:?}", moved[0]), r#"HitRef { page: "/home", title: "a\tb", tags: ["x", "y"] }"#);
    assert!(hit_ref("{").is_err());
}

#[test]
fn a_view_drops_its_value_once_and_before_the_line() {
    use std::cell::Cell;

    thread_local! {
        static DROPPED: Cell<u32> = const { Cell::new(0) };
    }

    #[derive(Deserialize)]
    struct Loud<'a> {
        word: &'a str,
    }
    json::borrowed!(Loud);

    impl Drop for Loud<'_> {
        fn drop(&mut self) {
            assert_eq!(self.word, "still there");
            DROPPED.set(DROPPED.get() + 1);
        }
    }

    let view = json::view::<Loud<'static>>(&Line::from(r#"{"word":"still there"}"#)).unwrap();
    assert_eq!(view.get().word, "still there");
    drop(view);
    assert_eq!(DROPPED.get(), 1);
}
