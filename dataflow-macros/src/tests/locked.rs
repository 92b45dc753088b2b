//! Flows with a lock: what is wrong with them, and what becomes of them.

use super::{expansion, mistakes};
use expect_test::{Expect, expect};

const SEEN: &str = r#"-> stateful_map("seen", |s, v| v)"#;
const LISTS: &str = r#"-> collect("lists", max_size = 5, timeout = 1s)"#;

/// The mistakes of a flow with these steps that is locked by the file of this name.
fn check(lock: &str, steps: &[&str], expected: Expect) {
    let steps = steps.join("\n");
    let attribute = format!("#[locked(\"src/tests/locks/{lock}.lock\")]");
    let text = format!("{attribute}\nflow f() {{ input(\"in\", s)\n{steps}\n-> output(\"out\", k); }}");
    expected.assert_eq(&mistakes(&text));
}

#[test]
fn what_fits_its_lock_is_no_mistake() {
    check("words", &[SEEN, LISTS], expect![""]);
    // What keeps nothing beyond an epoch is in no lock.
    check("words", &[LISTS, SEEN, r#"-> map("m", |x| x) -> reduce_epoch("sum", |a, b| a)"#], expect![""]);
}

#[test]
fn another_id_is_told_at_the_id() {
    check(
        "words",
        &[r#"-> stateful_map("sene", |s, v| v)"#, LISTS],
        expect![[
            r#"3:17 `stateful_map` "seen" in `src/tests/locks/words.lock` seems to be called "sene" now, and would lose its state; call it "seen" again, or renew the lock with `FLOWSTONE_LOCK=renew cargo run -- lock`"#
        ]],
    );
}

#[test]
fn steps_that_came_and_went() {
    check(
        "words",
        &[SEEN],
        expect![[
            r#"1:10 `src/tests/locks/words.lock` has `collect` "lists", and the flow has no such step: its state would be lost; put it back, or renew the lock with `FLOWSTONE_LOCK=renew cargo run -- lock`"#
        ]],
    );
    check(
        "words",
        &[SEEN, LISTS, r#"-> dedupe("once")"#],
        expect![[
            r#"5:4 "once" is not in `src/tests/locks/words.lock`; renew the lock with `FLOWSTONE_LOCK=renew cargo run -- lock`"#
        ]],
    );
    check(
        "words",
        &[r#"-> dedupe("once")"#, LISTS],
        expect![[r#"
        1:10 `src/tests/locks/words.lock` has `stateful_map` "seen", and the flow has no such step: its state would be lost; put it back, or renew the lock with `FLOWSTONE_LOCK=renew cargo run -- lock`
        3:4 "once" is not in `src/tests/locks/words.lock`; renew the lock with `FLOWSTONE_LOCK=renew cargo run -- lock`"#]],
    );
}

#[test]
fn another_word_is_told_at_the_word() {
    check(
        "words",
        &[SEEN, r#"-> dedupe("lists")"#],
        expect![[
            r#"4:4 "lists" is `collect` in `src/tests/locks/words.lock`, whose state `dedupe` cannot read; write `collect` again, or choose another id and renew the lock with `FLOWSTONE_LOCK=renew cargo run -- lock`"#
        ]],
    );
    check(
        "words",
        &[SEEN, r#"-> map("lists", |x| x)"#],
        expect![[
            r#"4:4 "lists" is `collect` in `src/tests/locks/words.lock`, whose state `map` cannot read; write `collect` again, or choose another id and renew the lock with `FLOWSTONE_LOCK=renew cargo run -- lock`"#
        ]],
    );
}

#[test]
fn a_lock_that_cannot_be_read() {
    check(
        "none",
        &[SEEN],
        expect![
            "1:10 there is no lock `src/tests/locks/none.lock` yet; write it with `FLOWSTONE_LOCK=renew cargo run -- lock`"
        ],
    );
    check(
        "merged",
        &[SEEN],
        expect![
            "1:10 line 2 of the lock `src/tests/locks/merged.lock` names no step; write it again with `FLOWSTONE_LOCK=renew cargo run -- lock`"
        ],
    );
}

#[test]
fn other_mistakes_come_first() {
    check("words", &["-> mpa(|x| x)"], expect!["3:4 unknown step `mpa`; did you mean `map`?"]);
}

#[test]
fn attributes_that_are_no_lock() {
    let chain = r#"{ input("in", s) -> output("out", k); }"#;
    let text = format!(
        "#[locked]\nflow a() {chain}\n#[locked(\"\")]\nflow b() {chain}\n#[locked(words.lock)]\nflow c() {chain}"
    );
    expect![[r#"
        1:1 a lock needs the path of its file; write `#[locked("flow.lock")]`
        3:1 a lock needs the path of its file; write `#[locked("flow.lock")]`
        5:1 a lock needs the path of its file; write `#[locked("flow.lock")]`"#]]
    .assert_eq(&mistakes(&text));
    let lock = "src/tests/locks/words.lock";
    let text = format!("#[locked(\"{lock}\")]\n#[locked(\"{lock}\")]\nflow a() {chain}");
    expect!["2:10 a flow has one lock; remove this one"].assert_eq(&mistakes(&text));
}

#[test]
fn a_lock_goes_into_the_program() {
    let steps = format!("{SEEN} {LISTS}");
    let text = format!(
        "#[must_use] #[locked(\"src/tests/locks/words.lock\")] flow f() {{ input(\"in\", s) {steps} -> discard(\"why\"); input(\"x\", s) -> output(\"out\", k); }}"
    );
    let output = expansion(&text);
    let (start, end) = (output.find("const _").expect("the lock"), output.find("move |").expect("the steps"));
    expect![[r#"
        const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
                    "FLOWSTONE_LOCK"
                );
                ::flowstone::__private::locked(
                    {
                        ::flowstone::__private::flow(
                            &f::GRAPH,"#]]
    .assert_eq(output[start..end].trim_end());
    let end = &output[output.find("::core::option::Option::Some(").expect("the text")..];
    expect![[r#"
        ::core::option::Option::Some(
                        ::core::include_str!(
                            ::core::concat!(::core::env!("CARGO_MANIFEST_DIR"),
                            "/src/tests/locks/words.lock")
                        ),
                    ),
                )
            };
            flow
        }
    "#]]
    .assert_eq(&end[..end.find("#[allow").expect("the struct")]);
    assert!(output.starts_with("#[must_use]") && !output.contains("#[locked"));
}
