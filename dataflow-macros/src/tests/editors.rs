//! Half-written flows as an editor has them expanded: what it completes from is there, and at its place.

use super::{driver, expansion, tokens};

/// The steps that an editor sees of a flow with mistakes.
fn seen(text: &str) -> String {
    let output = super::tokens(&expansion(&format!("flow f(a: u8) {{ {text} }}"))).to_string();
    let calls = output.split(":: ops :: ").skip(1);
    calls.map(|call| call.split([' ', '(']).next().unwrap_or_default()).collect::<Vec<_>>().join(" ")
}

#[test]
fn what_stands_before_a_mistake_stays_for_the_editor() {
    for (text, expected) in [
        (r#"input("i", a) -> map(|e| e.) -> output("o", b);"#, "input map output"),
        (r#"input("i", a) -> map(|e| { let x = e.url.; f(x.) }) -> fil"#, "input map"),
        (r#"input("i", a) -> map(|e| e) -> "#, "input map"),
        (r#"input("i", a) -> map(|e| e) -> collect("c", max_size = ) -> output("o", b);"#, "input map collect output"),
        (
            r#"x = input("i", a) -> mpa(|e| e); y = input("j", a) -> filter(|e| e); y -> output("o", b)"#,
            "input input filter output",
        ),
        (r#"x = input("i", a) -> map(|e| e); x -> filter(|e| e.)"#, "input map filter"),
        // Five mistakes, and the closure that is being written last.
        (
            r#"x = input("i", a) -> map(|e| e); y = x -> fliter(|e| e); z = x -> filter("i", |e| e);
            z -> map(|a, b| a) -> collect(max_size = 2, timeout = 1m) -> output("o", b); x -> inspect(|e| e.)"#,
            "input map share filter map collect output inspect",
        ),
    ] {
        assert_eq!(seen(text), expected, "{text}");
    }
}

/// What an editor writes at the cursor to see what could stand there.
const MARK: &str = "intellijRulezz";

/// Whether what stands before the cursor, `~`, is at the same place of both expansions: with a name there, and without. It is
/// there that an editor looks for the type of what stands before the dot.
fn in_place(chain: &str) -> Result<(), String> {
    let (before, after) = chain.split_once('~').expect("a cursor");
    let expanded = |at: &str| driver::expand(tokens(&format!("flow f(a: u8) {{ {before}{at}{after} }}"))).to_string();
    let (without, with) = (expanded(""), expanded(MARK));
    let at = with.find(MARK).ok_or("the cursor is not there")?;
    let up_to = with[..at].trim_end().trim_end_matches('.').trim_end();
    // Whether it was sound is said by words of one length.
    let placed = |text: &str| text.replacen("(all ()", "(any ()", 1);
    placed(&without)
        .starts_with(&placed(up_to))
        .then_some(())
        .ok_or_else(|| format!("{without}\nis not up to the cursor\n{with}"))
}

#[test]
fn an_editor_finds_types_at_the_same_place() {
    for step in [
        "map(|o| o.~)",
        r#"map("x", |o| o.~)"#,
        r#"map("x", |o| o.~customer.len())"#,
        r#"filter("f", |o| o.~ > 3.0)"#,
        r#"filter("f", |o| o.price > o.~)"#,
        r#"filter("f", |o| o.~price > )"#,
        r#"filter("f", |o| o.price > ) -> map("x", |o| o.~)"#,
        r#"filter("f", |o| o.price > 3.0 && o.~)"#,
        r#"filter("f", |o| !o.~)"#,
        r#"map("x", |o| { o.~ })"#,
        r#"map("x", |o| { let a = o.~; a })"#,
        r#"map("x", |o| { let a = o.~ })"#,
        r#"map("x", |o| { let a = ; o.~ })"#,
        r#"map("x", |o| { o.~ let b = 1; b })"#,
        r#"map("x", |o| if o.~ { 1 } else { 2 })"#,
        r#"map("x", |o| match o.~)"#,
        r#"map("x", |o| match o.~ { _ => 1 })"#,
        r#"map("x", |o| u64::max(o.~, 3))"#,
        r#"map("x", |o| format!("{}", o.~))"#,
        r#"map("x", |o| o.items[o.~])"#,
        r#"key_on("k", |o| o.~)"#,
        r#"key_on("k", |o| o.id) -> map_value("v", |o| o.~)"#,
        r#"key_on("k", |o| o.id) -> stateful_map("s", |sum: &mut Option<f64>, o| o.~)"#,
        r#"key_on("k", |o| o.id) -> fold_final("c", |sum, o| o.~)"#,
        r#"key_on("k", |o| o.id) -> reduce_final("c", |a, b| a.~)"#,
        r#"key_on("k", |o| o.id) -> aggregate_final("c", of = (count(), sum(|o| o.~)))"#,
        r#"key_on("k", |o| o.id) -> count_window("c", clock = event_time(|o| o.~))"#,
        r#"key_on("k", |o| o.id) -> count_window("c", clock = event_time(|o| o.~, wait = 1s), windows = tumbling(1s))"#,
        r#"map("x", |o| o.~) -> "#,
        r#"map("x", |o| o.~) -> fil"#,
        // An editor has closed these at the end.
        r#"map("x", |o| o.~ -> filter("f", |n| *n > 3) -> output("p", b); c -> output("q", d);)"#,
        r#"map("x", |o| f(o.~ -> filter("f", |n| *n > 3) -> output("p", b);))"#,
        r#"key_on("k", |o| o.id) -> count_window("c", clock = event_time(|o| o.~ -> output("p", b);))"#,
    ] {
        for chain in [format!(r#"input("i", s) -> {step} -> output("o", k);"#), format!(r#"input("i", s) -> {step}"#)] {
            if let Err(message) = in_place(&chain) {
                panic!("{chain}\n{message}");
            }
        }
    }
}

#[test]
fn what_is_guessed_for_an_editor_is_said_to_nobody() {
    let output = driver::expand(tokens(r#"flow f() { input("i", s) -> map("x", |o| o -> output("p", b); oops;) }"#));
    let output = output.to_string();
    assert!(output.contains("ops :: output") && !output.contains("unknown stream"), "{output}");
}
