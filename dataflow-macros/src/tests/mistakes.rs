//! Every mistake, its place and its text; and that one mistake gives one message.

use super::mistakes;
use expect_test::{Expect, expect};

/// The mistakes of a flow with these statements, which start on line 2.
fn check(statements: &str, expected: Expect) {
    expected.assert_eq(&mistakes(&format!("flow f(size: usize) {{\n{statements}\n}}")));
}

/// The mistakes of one chain between an input and an output.
fn chain(steps: &str, expected: Expect) {
    check(&format!("input(\"in\", s)\n{steps}\n-> output(\"out\", k);"), expected);
}

#[test]
fn unknown_steps() {
    chain("-> mpa(|x| x)", expect!["3:4 unknown step `mpa`; did you mean `map`?"]);
    chain("-> group_by(|x| x)", expect!["3:4 `group_by` is called `key_on` here"]);
    chain("-> batch(\"b\", 5, 1s)", expect!["3:4 `batch` is called `collect` here"]);
    chain("-> launch_rocket(|x| x)", expect![[r#"3:4 unknown step `launch_rocket`; for a function of your own write `-> apply("id", function)`"#]]);
    chain("-> std::map(|x| x)", expect![[r#"3:4 a step is one word; for a function of your own write `-> apply("id", function)`"#]]);
    check("a = inptu(\"in\", s); a -> output(\"out\", k);", expect!["2:5 unknown step `inptu`; did you mean `input`?"]);
}

#[test]
fn parentheses() {
    chain("-> flatten", expect!["3:4 `flatten` needs parentheses; write `-> flatten()`"]);
    chain("-> collect", expect![[r#"3:4 `collect` needs parentheses; write `-> collect("id", max_size = …, timeout = …)`"#]]);
    chain("-> ma", expect!["3:4 unknown step `ma`; did you mean `map`?"]);
    chain("-> map(\"x\" |x| x)", expect!["3:12 expected `,` after the id"]);
    chain("-> map(\"x\", |x| x |y|)", expect!["3:22 unexpected end of input, expected an expression"]);
}

#[test]
fn arguments() {
    chain("-> collect(\"c\", max_sze = 5, timeout = 1s)", expect!["3:17 `collect` has no argument `max_sze`; did you mean `max_size`?"]);
    chain("-> collect(\"c\", max_size = 5)", expect![[r#"3:4 `collect` needs `timeout`; write `-> collect("id", max_size = …, timeout = …)`"#]]);
    chain("-> collect(\"c\")", expect![[r#"3:4 `collect` needs `max_size` and `timeout`; write `-> collect("id", max_size = …, timeout = …)`"#]]);
    chain("-> collect(\"c\", 5, 1s)", expect![[r#"
        3:17 `collect` takes this by name; write `max_size = …`
        3:20 `collect` takes this by name; write `timeout = …`"#]]);
    chain("-> collect(\"c\", max_size = 5, timeout = 1s, max_size = 6)", expect!["3:45 `max_size` is given twice"]);
    chain("-> collect(\"c\", max_size = 5, timeout = 1s, 7)", expect![[r#"3:45 `collect` takes 2 arguments, and this is one more; write `-> collect("id", max_size = …, timeout = …)`"#]]);
    chain("-> dedupe(\"d\", 1s)", expect!["3:16 `dedupe` takes this by name; write `ttl = …`"]);
    chain("-> dedupe(\"d\", tl = 1s)", expect!["3:16 `dedupe` has no argument `tl`; did you mean `ttl`?"]);
    chain("-> map(\"m\")", expect![[r#"3:4 `map` needs `f`; write `-> map("id", |item| …)`"#]]);
    chain("-> map(\"m\", |x| x, 2)", expect![[r#"3:20 `map` takes 1 argument, and this is one more; write `-> map("id", |item| …)`"#]]);
    chain("-> flatten(\"m\", |x| x)", expect!["3:17 `flatten` takes no arguments, and this is one more; write `-> flatten()`"]);
    chain("-> top_k(\"t\", 3)", expect![[r#"3:4 `top_k` needs `by`; write `-> top_k("id", n, |value| …)`"#]]);
    chain("-> map(\"m\", g = |x| x)", expect!["3:13 `map` has no argument `g`; did you mean `f`?"]);
    check("input(\"in\", s) -> output(\"out\", k); input(\"i\", s) -> discard();", expect![[r#"2:54 `discard` needs `why`; write `-> discard("why")`"#]]);
}

#[test]
fn closures() {
    chain("-> map(|a, b| a)", expect!["3:8 `map` takes a closure of 1 argument, this one takes 2; write `|item| …`"]);
    chain("-> stateful_map(\"s\", |v| v)", expect!["3:22 `stateful_map` takes a closure of 2 arguments, this one takes 1; write `|state, value| …`"]);
    chain("-> fold_final(\"s\", |x| 0, |a, b| a)", expect!["3:20 `fold_final` takes a closure of no arguments, this one takes 1; write `|| …`"]);
    chain("-> map(async |x| x)", expect!["3:8 `map` does not await what its closure returns; leave out `async`"]);
    chain("-> map(|x| async move { x })", expect!["3:12 `map` does not await what its closure returns; leave out `async`"]);
    chain("-> map(some::function) -> filter(make(1, 2))", expect![[""]]);
}

#[test]
fn durations() {
    chain("-> collect(\"c\", max_size = 5, timeout = 1m)", expect!["3:41 unknown unit `m`; did you mean `1min`?"]);
    chain("-> map(|x| f(x, [3weeks]))", expect!["3:18 unknown unit `weeks`; durations end in `us`, `ms`, `s`, `min`, `h` or `d`"]);
}

#[test]
fn calls_in_arguments() {
    chain("-> apply(tumblin(length = 1s))", expect!["3:10 unknown call `tumblin`; did you mean `tumbling`?"]);
    chain("-> apply(tumbling(lenght = 1s))", expect!["3:19 `tumbling` has no argument `lenght`; did you mean `length`?"]);
    chain("-> apply(session())", expect!["3:10 `session` needs `gap`; write `session(gap = …)`"]);
    chain("-> apply(event_time(|a, b| a, wait = 1x))", expect![[r#"
        3:21 `event_time` takes a closure of 1 argument, this one takes 2; write `|item| …`
        3:38 unknown unit `x`; did you mean `1s`?"#]]);
    chain("-> apply(rocket(thrust = 1))", expect!["3:10 unknown call `rocket`; arguments by name are taken by `event_time`, `session`, `sliding`, `system_time`, `tumbling` and `watermark`"]);
}

#[test]
fn ids() {
    chain("-> map(\"in\", |x| x)", expect!["3:8 id `in` is given twice in this flow; choose another"]);
    chain("-> map(\"\", |x| x)", expect![[r#"3:8 an id is not empty; write `-> map("id", |item| …)`"#]]);
    chain("-> stateful_map(|s, v| v)", expect![[r#"3:4 `stateful_map` needs an id; write `-> stateful_map("id", |state, value| …)`"#]]);
    chain("-> collect(max_size = 1, timeout = 1s)", expect![[r#"3:4 `collect` needs an id; write `-> collect("id", max_size = …, timeout = …)`"#]]);
    check("input(s) -> output(k);", expect![[r#"
        2:1 `input` needs an id; write `input("id", source)`
        2:13 `output` needs an id; write `-> output("id", sink)`"#]]);
}

#[test]
fn streams() {
    check("a = input(\"in\", s); b -> output(\"out\", k);", expect!["2:21 unknown stream `b`; did you mean `a`?"]);
    check("hits = input(\"in\", s); hist -> output(\"out\", k);", expect!["2:24 unknown stream `hist`; did you mean `hits`?"]);
    check("a = input(\"in\", s); a -> output(\"out\", k); size -> discard(\"x\");", expect!["2:44 `size` is a parameter of the flow, and a stream is needed here"]);
    check("b = a -> map(|x| x);\na = input(\"in\", s);\nb -> output(\"out\", k);", expect!["2:5 stream `a` is used before it is made; move `a = …;` up"]);
    check("a = input(\"in\", s);\na = input(\"in2\", s);\na -> output(\"out\", k);", expect![[r#"
        3:1 stream `a` is made twice; give one of them another name
        3:1 stream `a` is never used; write `a -> discard("why");` or remove it"#]]);
    check("a = input(\"in\", s);\ninput(\"in2\", s) -> output(\"out\", k);", expect![[r#"2:1 stream `a` is never used; write `a -> discard("why");` or remove it"#]]);
    check("a = input(\"in\", s);\na -> output(\"out\", k);\na;", expect!["4:1 nothing is done with `a` here; write `a -> …`"]);
    check("a = input(\"in\", s);\nb = a;\na -> output(\"out\", k);", expect![[r#"3:1 stream `b` is never used; write `b -> discard("why");` or remove it"#]]);
    check("merge -> output(\"out\", k); input(\"i\", s) -> discard(\"x\");", expect!["2:1 `merge` needs parentheses; write `merge(a, b)`"]);
}

#[test]
fn cycles() {
    check("s = input(\"in\", s);\na = merge(s, a) -> map(|x| x);\na -> output(\"out\", k);", expect!["3:14 stream `a` is used in its own making; a flow has no cycles"]);
    check(
        "s = input(\"in\", s);\na = merge(s, b);\nb = a -> map(|x| x);\nc = b;\nc -> output(\"out\", k);",
        expect!["3:14 stream `b` is made of what is made here: a cycle, and a flow has none"],
    );
}

#[test]
fn ports() {
    check("a = input(\"in\", s) -> try_map(|x| x);\na -> output(\"out\", k);", expect![[r#"2:1 `a.err` is not used; use it or write `a.err -> discard("why");`"#]]);
    check("a = input(\"in\", s) -> try_map(|x| x);\na.err -> output(\"out\", k);", expect![[r#"2:1 `a` is not used; use it or write `a -> discard("why");`"#]]);
    check("a = input(\"in\", s) -> try_map(|x| x);\na -> output(\"out\", k);\na.er -> discard(\"x\");", expect!["4:3 `a` has no port `er`; did you mean `err`?"]);
    check("a = input(\"in\", s);\na.err -> output(\"out\", k);", expect!["3:3 `a` has no ports; write `a`"]);
    check("a = input(\"in\", s) -> branch(|x| true);\na -> output(\"out\", k);", expect!["3:1 `branch` has no stream of its own; use `a.trues` and `a.falses`"]);
    check("a = input(\"in\", s) -> branch(|x| true);\na.trues -> output(\"out\", k);", expect![[r#"2:1 `a.falses` is not used; use it or write `a.falses -> discard("why");`"#]]);
    check("a = input(\"in\", s) -> branch(|x| true);\ninput(\"i\", s) -> output(\"out\", k);", expect![[r#"2:1 `a.trues` and `a.falses` are not used; use it or write `a.trues -> discard("why"); a.falses -> discard("why");`"#]]);
    check("a = input(\"in\", s) -> branch(|x| true);\na.left -> output(\"out\", k);", expect!["3:3 `a` has no port `left`; there is `a.trues` and `a.falses`"]);
    chain("-> try_map(|x| x)", expect![[r#"3:4 `.err` of `try_map` is not used; name the stream, `name = … -> try_map("id", |item| …);`, then `name.err -> discard("why");` and go on with `name -> …`"#]]);
    chain("-> branch(|x| true)", expect![[r#"3:4 `branch` has no stream of its own, so nothing can follow it; end the statement here, `name = … -> branch("id", |item| …);`, and go on from `name.trues` and `name.falses`"#]]);
    check("a = input(\"in\", s) -> try_map(|x| x);\nb = a.err;\nb.err -> output(\"out\", k);", expect![[r#"
        2:1 `a` is not used; use it or write `a -> discard("why");`
        4:3 `b` has no ports"#]]);
}

#[test]
fn heads_and_ends() {
    check("map(|x| x) -> output(\"out\", k); input(\"i\", s) -> discard(\"x\");", expect![[r#"2:1 `map` cannot start a chain; write `stream -> map("id", |item| …)`"#]]);
    chain("-> input(\"i\", s)", expect![[r#"3:4 `input` starts a chain and cannot stand after `->`; write `name = input("id", source);`"#]]);
    chain("-> output(\"o\", k)", expect!["3:4 `output` ends a chain, so nothing can follow it; end here, or name the stream before it and use that twice"]);
    chain("-> discard(\"why\")", expect!["3:4 `discard` ends a chain, so nothing can follow it; end here, or name the stream before it and use that twice"]);
    check("input(\"in\", s) -> map(|x| x);", expect![[r#"
        1:6 flow `f` has no output; write `input("id", source) -> … -> output("id", sink);`
        2:19 the chain goes nowhere after `map`; add `-> output("id", sink)` or `-> discard("why")`, or name it, `name = …`"#]]);
    check("a = input(\"in\", s) -> output(\"out\", k);", expect!["2:1 `output` ends a chain, so there is nothing to name; leave out `a =`"]);
    check("a = input(\"in\", s) -> output(\"out\", k);\na -> discard(\"x\");", expect![[r#"
        2:1 `output` ends a chain, so there is nothing to name; leave out `a =`
        3:1 `output` is an end, so `a` is no stream"#]]);
    check("", expect![[r#"1:6 flow `f` has no input and no output; write `input("id", source) -> … -> output("id", sink);`"#]]);
    check("input(\"in\", s) -> discard(\"x\");", expect![[r#"1:6 flow `f` has no output; write `input("id", source) -> … -> output("id", sink);`"#]]);
    check("a = input(\"in\", s); merge(a) -> output(\"out\", k);", expect!["2:21 `merge` needs at least 2 streams; write `merge(a, b)`"]);
    check("merge() -> output(\"out\", k);", expect![[r#"
        1:6 flow `f` has no input; write `input("id", source) -> … -> output("id", sink);`
        2:1 `merge` needs at least 2 streams; write `merge(a, b)`"#]]);
    check("a = input(\"in\", s); merge(a, input(\"b\", s)) -> output(\"out\", k);", expect!["2:30 `merge` takes named streams; give this one a name before, `name = …;`"]);
}

#[test]
fn flows() {
    for (text, expected) in [
        (
            "flow a() { input(\"i\", s) -> output(\"o\", k); }\nflow a() { input(\"i\", s) -> output(\"o\", k); }",
            expect!["2:6 flow `a` is declared twice; give one another name"],
        ),
        ("fn a() { input(\"i\", s) -> output(\"o\", k); }", expect!["1:1 expected `flow`, found `fn`; a flow is written `pub flow name(parameters) { statements }`"]),
        ("flow { }", expect!["1:6 expected the flow's name; a flow is written `pub flow name(parameters) { statements }`"]),
        ("flow a { }", expect!["1:8 expected the flow's parameters in parentheses; write `()` where it has none"]),
        ("flow a()", expect!["1:1 unexpected end of input, expected the flow's statements in braces"]),
        ("flow a(b, c: &str, mut d: u8, #[cfg(x)] e: impl Fn(), b2: u8, b2: u8) {}", expect![[r#"
            1:8 parameter `b` needs its type; write `b: Type`
            1:14 parameter `c` borrows; a flow owns its parameters, as in `String`
            1:20 a parameter is not changed; write its name alone
            1:31 only a doc comment and `#[default = "text"]` can stand on a parameter
            1:44 parameter `e` needs a type with a name; make the flow generic
            1:63 parameter `b2` is declared twice"#]]),
        ("42", expect!["1:1 expected `flow`; a flow is written `pub flow name(parameters) { statements }`"]),
        ("", expect![[""]]),
    ] {
        expected.assert_eq(&mistakes(text));
    }
}

#[test]
fn statements() {
    check("let a = input(\"in\", s);\na -> output(\"out\", k);", expect!["2:1 a stream is named without `let`; write `name = …`"]);
    check("a = input(\"in\", s)\na -> output(\"out\", k);", expect!["3:1 expected `->` and a step, or `;` before the next statement"]);
    check("a = input(\"in\", s);\na -> output(\"out\", k)", expect!["3:21 expected `;` after this"]);
    check("a = input(\"in\", s);\na.map(|x| x) -> output(\"out\", k);", expect![[r#"
        2:1 stream `a` is never used; write `a -> discard("why");` or remove it
        3:3 steps are joined by `->`; write `a -> map(…)`"#]]);
    check("a = input(\"in\", s) map(|x| x);\na -> output(\"out\", k);", expect!["2:20 expected `->` before this step"]);
    check("a = input(\"in\", s);\na => output(\"out\", k);", expect!["3:3 expected `->` and a step, or `;`"]);
    check("a = input(\"in\", s) -> ;\na -> output(\"out\", k);", expect!["2:23 expected a step after `->`"]);
    check("a: = input(\"in\", s);\na -> output(\"out\", k);", expect!["2:4 expected one of: `for`, parentheses, `unsafe`, `fn`, `extern`, identifier, `::`, `<`, `dyn`, square brackets, `*`, `&`, `!`, `impl`, `_`, lifetime"]);
    check("42 -> output(\"out\", k);\ninput(\"in\", s) -> output(\"o\", k);", expect![[r#"2:1 expected a stream's name, or a head such as `input("id", source)`"#]]);
    check("a = ;\na -> output(\"out\", k);", expect![[r#"2:5 expected a stream's name, or a head such as `input("id", source)`"#]]);
}

#[test]
fn five_mistakes_are_five_messages() {
    check(
        "a = input(\"in\", s) -> mpa(|x| x);
lines = input(\"in\", s) -> map(|x, y| x);
lines -> collect(\"c\", max_size = 5, timeout = 5sec) -> output(\"out\", k);
lines -> collect(max_size = 5, timeout = 5s) -> ;
a -> outptu(\"o\", k);",
        expect![[r#"
            2:23 unknown step `mpa`; did you mean `map`?
            3:15 id `in` is given twice in this flow; choose another
            3:31 `map` takes a closure of 1 argument, this one takes 2; write `|item| …`
            4:47 unknown unit `sec`; did you mean `5s`?
            5:10 `collect` needs an id; write `-> collect("id", max_size = …, timeout = …)`
            5:49 expected a step after `->`
            6:6 unknown step `outptu`; did you mean `output`?"#]],
    );
}
