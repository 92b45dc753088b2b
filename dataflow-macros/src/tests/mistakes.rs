//! Every mistake, its place and its text; and that one mistake gives one message.

use super::mistakes;
use expect_test::{Expect, expect};

/// Each case with its mistakes under it.
fn flows(cases: &[&str], expected: Expect) {
    let case = |case: &&str| format!("{case}\n{}", lines(&mistakes(case)));
    expected.assert_eq(&cases.iter().map(case).collect::<String>());
}

/// Cases that are the statements of a flow.
fn check(cases: &[&str], expected: Expect) {
    let case = |case: &&str| format!("{case}\n{}", lines(&mistakes(&format!("flow f(size: usize) {{\n{case}\n}}"))));
    expected.assert_eq(&cases.iter().map(case).collect::<String>());
}

/// Cases that are steps of a chain between an input and an output.
fn chain(cases: &[&str], expected: Expect) {
    let around = |case: &str| format!("flow f() {{ input(\"in\", s)\n{case}\n-> output(\"out\", k); }}");
    let case = |case: &&str| format!("{case}\n{}", lines(&mistakes(&around(case))));
    expected.assert_eq(&cases.iter().map(case).collect::<String>());
}

fn lines(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}

#[test]
fn unknown_steps() {
    chain(
        &[
            "-> mpa(|x| x)",
            "-> group_by(|x| x)",
            r#"-> batch("b", 5, 1s)"#,
            "-> launch_rocket(|x| x)",
            "-> std::map(|x| x)",
            "-> ",
        ],
        expect![[r#"
            -> mpa(|x| x)
                2:4 unknown step `mpa`; did you mean `map`?
            -> group_by(|x| x)
                2:4 `group_by` is called `key_on` here; write `-> key_on("id", |item| …)`
            -> batch("b", 5, 1s)
                2:4 `batch` is called `collect` here; write `-> collect("id", max_size = 100, timeout = 1s)`
            -> launch_rocket(|x| x)
                2:4 unknown step `launch_rocket`; for a function of your own write `-> apply("id", function)`
            -> std::map(|x| x)
                2:4 a step is one word; for a function of your own write `-> apply("id", function)`
            -> 
                3:1 expected a step after `->`
        "#]],
    );
}

#[test]
fn unknown_heads() {
    check(
        &[
            r#"a = inptu("in", s); a -> output("out", k);"#,
            r#"merge -> output("out", k); input("i", s) -> discard("x");"#,
        ],
        expect![[r#"
            a = inptu("in", s); a -> output("out", k);
                2:5 unknown head `inptu`; did you mean `input`?
            merge -> output("out", k); input("i", s) -> discard("x");
                2:1 `merge` needs parentheses; write `merge(a, b)`
        "#]],
    );
}

#[test]
fn sources_and_sinks_without_their_steps() {
    check(
        &[
            r#"iter(1..=9) -> output("out", k);"#,
            r#"FileSource::new(path) -> output("out", k);"#,
            r#"a = flowstone::sources::iter(vec![1, 2]); a -> output("out", k);"#,
            r#"a = polling("p", every = 1s, || read()); a -> output("out", k);"#,
            r#"CsvSource::<Hit>::new(path).delimiter(b';').without_header().columns(["a", "b"]) -> output("out", k);"#,
            r#"inptu("in", s) -> output("out", k);"#,
            r#"source("in", s) -> output("out", k);"#,
            r#"size -> output("out", k);"#,
            r#"input("in", s) -> StdoutSink::new();"#,
            r#"input("in", s) -> CsvSink::<Hit>::new(path) -> discard("x");"#,
            r#"input("in", s) -> size;"#,
            r#"input("in", s) -> std::str::parse;"#,
        ],
        expect![[r#"
            iter(1..=9) -> output("out", k);
                2:1 `iter` cannot begin a chain; for a source write `input("id", iter(1..=9)) -> …`
            FileSource::new(path) -> output("out", k);
                2:1 `FileSource` cannot begin a chain; for a source write `input("id", FileSource::new(path)) -> …`
            a = flowstone::sources::iter(vec![1, 2]); a -> output("out", k);
                2:5 `flowstone` cannot begin a chain; for a source write `input("id", flowstone::sources::iter(vec![1, 2])) -> …`
            a = polling("p", every = 1s, || read()); a -> output("out", k);
                2:5 `polling` cannot begin a chain; for a source write `input("id", polling("p", every = 1s, || read())) -> …`
            CsvSource::<Hit>::new(path).delimiter(b';').without_header().columns(["a", "b"]) -> output("out", k);
                2:1 `CsvSource` cannot begin a chain; for a source write `input("id", CsvSource::<Hit>::new(…).delimiter(…).without_header(…).columns(…)) -> …`
            inptu("in", s) -> output("out", k);
                2:1 unknown head `inptu`; did you mean `input`?
            source("in", s) -> output("out", k);
                2:1 `source` is called `input` here; write `input("id", source)`
            size -> output("out", k);
                2:1 `size` is a parameter of the flow, not a stream; for a source write `input("id", size)`
            input("in", s) -> StdoutSink::new();
                2:19 `StdoutSink` is no step; for a sink write `-> output("id", StdoutSink::new())`
            input("in", s) -> CsvSink::<Hit>::new(path) -> discard("x");
                2:19 `CsvSink` is no step; for a sink write `-> output("id", CsvSink::<Hit>::new(path))`
            input("in", s) -> size;
                2:19 `size` is no step; for a sink write `-> output("id", size)`
            input("in", s) -> std::str::parse;
                2:19 a step is one word; for a function of your own write `-> apply("id", function)`
        "#]],
    );
}

#[test]
fn names_that_no_port_has() {
    check(
        &[
            r#"p = input("in", s) -> branch(|x| x); p.true -> output("a", k); p.false -> output("b", k);"#,
            r#"p = input("in", s) -> branch(|x| x); p.0 -> output("a", k);"#,
            r#"p = input("in", s) -> branch(|x| x); m = merge(p.true, p.falses); m -> output("a", k);"#,
            r#"p = input("in", s); p.true -> output("a", k);"#,
        ],
        expect![[r#"
            p = input("in", s) -> branch(|x| x); p.true -> output("a", k); p.false -> output("b", k);
                2:40 `p` has no port `true`; did you mean `p.trues`?
                2:66 `p` has no port `false`; did you mean `p.falses`?
            p = input("in", s) -> branch(|x| x); p.0 -> output("a", k);
                2:40 `p` has no port `0`; there is `p.trues` and `p.falses`
            p = input("in", s) -> branch(|x| x); m = merge(p.true, p.falses); m -> output("a", k);
                2:50 `p` has no port `true`; did you mean `p.trues`?
            p = input("in", s); p.true -> output("a", k);
                2:23 `p` has no ports; write `p`
        "#]],
    );
}

#[test]
fn defaults_of_parameters() {
    flows(
        &[
            r#"flow a(#[defualt = "5"] n: u64) { input("i", s) -> output("o", k); }"#,
            r#"flow a(#[default = 5] n: u64) { input("i", s) -> output("o", k); }"#,
            r#"flow a(#[default(5)] n: u64) { input("i", s) -> output("o", k); }"#,
            r#"flow a(#[default] n: u64) { input("i", s) -> output("o", k); }"#,
            r#"flow a(#[default = "5"] #[default = "6"] n: u64) { input("i", s) -> output("o", k); }"#,
            r#"flow a(#[arg(long)] n: u64) { input("i", s) -> output("o", k); }"#,
            r#"flow a(n: u64 = 5, m: u8) { input("i", s) -> output("o", k); }"#,
        ],
        expect![[r#"
            flow a(#[defualt = "5"] n: u64) { input("i", s) -> output("o", k); }
                1:8 unknown attribute `defualt`; did you mean `#[default = "5"]`?
            flow a(#[default = 5] n: u64) { input("i", s) -> output("o", k); }
                1:8 a default is text, as the command line would have it; write `#[default = "5"]`
            flow a(#[default(5)] n: u64) { input("i", s) -> output("o", k); }
                1:8 a default is text, as the command line would have it; write `#[default = "5"]`
            flow a(#[default] n: u64) { input("i", s) -> output("o", k); }
                1:8 a default is text, as the command line would have it; write `#[default = "…"]`
            flow a(#[default = "5"] #[default = "6"] n: u64) { input("i", s) -> output("o", k); }
                1:25 a parameter has one default; remove this one
            flow a(#[arg(long)] n: u64) { input("i", s) -> output("o", k); }
                1:8 only a doc comment and `#[default = "text"]` are allowed on a parameter; remove this
            flow a(n: u64 = 5, m: u8) { input("i", s) -> output("o", k); }
                1:15 a default precedes its parameter, as text; write `#[default = "5"] n: u64`
        "#]],
    );
}

#[test]
fn zeros() {
    chain(
        &[
            r#"-> collect("c", max_size = 0, timeout = 1s)"#,
            r#"-> top_k("t", 0, |v| *v)"#,
            r#"-> enrich_cached("e", ttl = 1s, size = 0usize, |i| *i, |k| *k)"#,
        ],
        expect![[r#"
            -> collect("c", max_size = 0, timeout = 1s)
                2:28 `max_size` of `collect` must be more than zero; write `max_size = 1` or more
            -> top_k("t", 0, |v| *v)
                2:15 `n` of `top_k` must be more than zero; write `1` or more
            -> enrich_cached("e", ttl = 1s, size = 0usize, |i| *i, |k| *k)
                2:40 `size` of `enrich_cached` must be more than zero; write `size = 1` or more
        "#]],
    );
}

#[test]
fn parentheses() {
    chain(
        &[
            "-> flatten",
            "-> collect",
            "-> ma",
            r#"-> map("x" |x| x)"#,
            r#"-> map("x", |x| x |y|)"#,
            r#"-> map("x", |x| x.)"#,
            r#"-> map("x", |x| x; y)"#,
            r#"-> map("x", |x| x) + 1"#,
        ],
        expect![[r#"
            -> flatten
                2:4 `flatten` needs parentheses; write `-> flatten()`
            -> collect
                2:4 `collect` needs parentheses; write `-> collect("id", max_size = 100, timeout = 1s)`
            -> ma
                2:4 unknown step `ma`; did you mean `map`?
            -> map("x" |x| x)
                2:12 expected `,` after the id
            -> map("x", |x| x |y|)
                2:22 unexpected end of input, expected an expression
            -> map("x", |x| x.)
                2:19 unexpected end of input, expected identifier or integer
            -> map("x", |x| x; y)
                2:18 expected `,` or the end of the arguments
            -> map("x", |x| x) + 1
                2:20 expected `->` and a step, or `;`
        "#]],
    );
}

#[test]
fn arguments() {
    chain(
        &[
            r#"-> collect("c", max_sze = 5, timeout = 1s)"#,
            r#"-> collect("c", max_size = 5)"#,
            r#"-> collect("c")"#,
            r#"-> collect("c", 5, 1s)"#,
            r#"-> collect("c", max_size = 5, timeout = 1s, max_size = 6)"#,
            r#"-> collect("c", max_size = 5, timeout = 1s, 7)"#,
            r#"-> dedupe("d", 1s)"#,
            r#"-> dedupe("d", tl = 1s)"#,
            r#"-> map("m")"#,
            r#"-> map("m", |x| x, 2)"#,
            r#"-> flatten("m", |x| x)"#,
            r#"-> top_k("t", 3)"#,
            r#"-> map("m", g = |x| x)"#,
            r#"-> map("m", f = |x| x) -> top_k("t", by = |x| x, n = 2)"#,
        ],
        expect![[r#"
            -> collect("c", max_sze = 5, timeout = 1s)
                2:17 `collect` has no argument `max_sze`; did you mean `max_size`?
            -> collect("c", max_size = 5)
                2:4 `collect` needs `timeout`; write `-> collect("id", max_size = 100, timeout = 1s)`
            -> collect("c")
                2:4 `collect` needs `max_size` and `timeout`; write `-> collect("id", max_size = 100, timeout = 1s)`
            -> collect("c", 5, 1s)
                2:17 `collect` takes this by name; write `max_size = 5`
                2:20 `collect` takes this by name; write `timeout = 1s`
            -> collect("c", max_size = 5, timeout = 1s, max_size = 6)
                2:45 `max_size` is given twice; remove one
            -> collect("c", max_size = 5, timeout = 1s, 7)
                2:45 `collect` takes 2 arguments, and this is one more; write `-> collect("id", max_size = 100, timeout = 1s)`
            -> dedupe("d", 1s)
                2:16 `dedupe` takes this by name; write `ttl = 1s`
            -> dedupe("d", tl = 1s)
                2:16 `dedupe` has no argument `tl`; did you mean `ttl`?
            -> map("m")
                2:4 `map` needs `|item| …`; write `-> map("id", |item| …)`
            -> map("m", |x| x, 2)
                2:20 `map` takes 1 argument, and this is one more; write `-> map("id", |item| …)`
            -> flatten("m", |x| x)
                2:17 `flatten` takes no arguments, and this is one more; write `-> flatten()`
            -> top_k("t", 3)
                2:4 `top_k` needs `|value| …`; write `-> top_k("id", n, |value| …)`
            -> map("m", g = |x| x)
                2:13 `map` has no argument `g`; write `-> map("id", |item| …)`
            -> map("m", f = |x| x) -> top_k("t", by = |x| x, n = 2)
        "#]],
    );
}

#[test]
fn closures() {
    chain(
        &[
            "-> map(|a, b| a)",
            r#"-> stateful_map("s", |v| v)"#,
            r#"-> fold_final("s", |x| 0, |a, b| a)"#,
            "-> map(async |x| x)",
            "-> map(|x| async move { x })",
            "-> map(some::function) -> filter(make(1, 2))",
        ],
        expect![[r#"
            -> map(|a, b| a)
                2:8 `map` takes a closure of 1 argument, this one takes 2; write `|item| …`, or of a tuple `|(a, b)| …`
            -> stateful_map("s", |v| v)
                2:22 `stateful_map` takes a closure of 2 arguments, this one takes 1; write `|state, value| …`
            -> fold_final("s", |x| 0, |a, b| a)
                2:20 `fold_final` takes a closure of no arguments, this one takes 1; write `|| …`
            -> map(async |x| x)
                2:8 `map` does not await what its closure returns; leave out `async`
            -> map(|x| async move { x })
                2:12 `map` does not await what its closure returns; leave out `async`
            -> map(some::function) -> filter(make(1, 2))
        "#]],
    );
}

#[test]
fn forgotten_values() {
    chain(
        &[
            "-> map(|x| { x.y; })",
            "-> map(|mut x| { x.y = 3; })",
            "-> map(|mut x| { x.n += 1; })",
            r#"-> flat_map("f", |x| { vec![x]; })"#,
            r#"-> stateful_map("s", |s, v| { s.insert(v); })"#,
            // These may mean it, or never come to their end.
            "-> map(|x| { note(x); }) -> map(|x| { panic!() }) -> map(|x| { return x; }) -> map(|x| ()) -> map(|x| { loop {} })",
            // Here nothing is asked for, or rustc says it.
            "-> inspect(|x| { x.y; }) -> filter(|x| { x.y; })",
        ],
        expect![[r#"
            -> map(|x| { x.y; })
                2:17 `map` needs a value from its closure, which ends without one; leave out this `;`
            -> map(|mut x| { x.y = 3; })
                2:25 `map` needs a value from its closure, which ends without one; write the value after this `;`
            -> map(|mut x| { x.n += 1; })
                2:26 `map` needs a value from its closure, which ends without one; write the value after this `;`
            -> flat_map("f", |x| { vec![x]; })
                2:31 `flat_map` needs a value from its closure, which ends without one; leave out this `;`
            -> stateful_map("s", |s, v| { s.insert(v); })
                2:42 `stateful_map` needs a value from its closure, which ends without one; leave out this `;`
            -> map(|x| { note(x); }) -> map(|x| { panic!() }) -> map(|x| { return x; }) -> map(|x| ()) -> map(|x| { loop {} })
            -> inspect(|x| { x.y; }) -> filter(|x| { x.y; })
        "#]],
    );
}

#[test]
fn closures_change_nothing_outside() {
    check(
        &[
            r#"input("i", s) -> map(|x| { size += 1; x }) -> output("o", k);"#,
            r#"input("i", s) -> map(|x| { size.n = x; x }) -> output("o", k);"#,
            r#"input("i", s) -> map(|x| f(&mut size, x)) -> output("o", k);"#,
            r#"input("i", s) -> map(|x| { let mut size = size; size += x; size }) -> output("o", k);"#,
            r#"input("i", s) -> map(|mut x| { x += size; x }) -> output("o", k);"#,
            r#"input("i", s) -> aggregate_final("a", of = sum(|v| { size += 1; *v })) -> output("o", k);"#,
        ],
        expect![[r#"
            input("i", s) -> map(|x| { size += 1; x }) -> output("o", k);
                2:28 the closure of `map` changes `size`, and no snapshot would hold that; keep state for each key: `-> stateful_map("id", |state, value| …)`
            input("i", s) -> map(|x| { size.n = x; x }) -> output("o", k);
                2:28 the closure of `map` changes `size`, and no snapshot would hold that; keep state for each key: `-> stateful_map("id", |state, value| …)`
            input("i", s) -> map(|x| f(&mut size, x)) -> output("o", k);
                2:33 the closure of `map` changes `size`, and no snapshot would hold that; keep state for each key: `-> stateful_map("id", |state, value| …)`
            input("i", s) -> map(|x| { let mut size = size; size += x; size }) -> output("o", k);
            input("i", s) -> map(|mut x| { x += size; x }) -> output("o", k);
            input("i", s) -> aggregate_final("a", of = sum(|v| { size += 1; *v })) -> output("o", k);
                2:54 the closure of `aggregate_final` changes `size`, and no snapshot would hold that; keep state for each key: `-> stateful_map("id", |state, value| …)`
        "#]],
    );
}

#[test]
fn durations() {
    chain(
        &[
            r#"-> collect("c", max_size = 5, timeout = 1m)"#,
            "-> map(|x| f(x, [3weeks]))",
            "-> map(|x| f::<3s>(x))",
            r#"-> collect("c", max_size = 5, timeout = 10)"#,
            r#"-> collect(max_size = 5, timeout = 1m)"#,
        ],
        expect![[r#"
            -> collect("c", max_size = 5, timeout = 1m)
                2:41 unknown unit `m`; did you mean `1min`?
            -> map(|x| f(x, [3weeks]))
                2:18 unknown unit `weeks`; did you mean `21d`?
            -> map(|x| f::<3s>(x))
                2:16 a duration is not allowed here; it is a value of type `Duration`
            -> collect("c", max_size = 5, timeout = 10)
                2:41 `timeout` is a duration, and this has no unit; write `10s`
            -> collect(max_size = 5, timeout = 1m)
                2:4 `collect` needs an id; write `-> collect("id", max_size = 100, timeout = 1s)`
                2:36 unknown unit `m`; did you mean `1min`?
        "#]],
    );
}

#[test]
fn calls_in_arguments() {
    chain(
        &[
            "-> apply(tumblin(length = 1s))",
            "-> apply(tumbling(lenght = 1s))",
            "-> apply(session())",
            "-> apply(event_time(|a, b| a, wait = 1x))",
            "-> apply(rocket(thrust = 1))",
        ],
        expect![[r#"
            -> apply(tumblin(length = 1s))
                2:10 unknown call `tumblin`; did you mean `tumbling`?
            -> apply(tumbling(lenght = 1s))
                2:19 `tumbling` has no argument `lenght`; did you mean `length`?
            -> apply(session())
                2:10 `session` needs `gap`; write `session(gap = 30s)`
            -> apply(event_time(|a, b| a, wait = 1x))
                2:21 `event_time` takes a closure of 1 argument, this one takes 2; write `|item| …`, or of a tuple `|(a, b)| …`
                2:38 unknown unit `x`; durations end in `us`, `ms`, `s`, `min`, `h` or `d`
            -> apply(rocket(thrust = 1))
                2:10 unknown call `rocket`; arguments by name are taken by `event_time`, `session`, `sliding`, `system_time`, `tumbling` and `watermark`
        "#]],
    );
}

#[test]
fn clocks_and_windows() {
    chain(
        &[
            r#"-> count_window("c", windows = tumbling(1min))"#,
            r#"-> count_window("c", clock = tumbling(0s), windows = system_time())"#,
            r#"-> count_window("c", tumbling(1s), system_time())"#,
            r#"-> count_window("c", clock = session(gap = 1s), windows = tumbling(1s))"#,
            r#"-> count_window("c", clock = system_tme(), windows = 5min)"#,
            r#"-> count_window("c", clock = SystemClock, windows = sliding(1h, offset = 2h))"#,
            r#"-> count_window("c", clock = 10s, windows = tumbling(1s))"#,
            r#"-> count_window("c", clock = own(), windows = sliding(length, offset = 2h))"#,
            r#"-> count_window("c", clock = self::SystemClock(), windows = tumbling(-5s, align_to = "now"))"#,
            r#"-> count_window("c", clock = system_time(), windower = TumblingWindower(length = 5s), ordered = 1)"#,
            r#"-> count_window("c", clock = system_time(), windows = TumblingWindower(length = 5s))"#,
            r#"-> collect_window("c", clock = system_time(), windows = tumbling(5s), into = HashSet)"#,
            r#"-> fold_window("c", clock = system_time(), windows = tumbling(5s), vec![], push, |a, b| a)"#,
            r#"-> fold_window("c", clock = system_time(), windows = tumbling(5s), builder = || 0, push, |a, b| a)"#,
        ],
        expect![[r#"
            -> count_window("c", windows = tumbling(1min))
                2:4 `count_window` needs `clock`; write `-> count_window("id", clock = event_time(|item| …, wait = 10s), windows = tumbling(1min))`
            -> count_window("c", clock = tumbling(0s), windows = system_time())
                2:30 `clock` and `windows` are swapped; write `clock = system_time(), windows = tumbling(0s)`
                2:39 `length` of `tumbling` must be more than zero; write `1s` or more
            -> count_window("c", tumbling(1s), system_time())
                2:22 `count_window` takes this by name; write `windows = tumbling(1s)`
                2:36 `count_window` takes this by name; write `clock = system_time()`
            -> count_window("c", clock = session(gap = 1s), windows = tumbling(1s))
                2:30 `session` makes windows, and `clock` is a clock; write `clock = event_time(|item| …, wait = 10s)`
            -> count_window("c", clock = system_tme(), windows = 5min)
                2:30 unknown call `system_tme`; did you mean `system_time()`? (a name of your own has its path here: `self::system_tme`)
                2:54 `windows` needs to know which ones; write `windows = tumbling(5min)`
            -> count_window("c", clock = SystemClock, windows = sliding(1h, offset = 2h))
                2:30 `SystemClock` is called `system_time` here; write `system_time()` (a name of your own has its path here: `self::SystemClock`)
                2:74 `offset` of `sliding` is longer than its `length`, so that some times are in no window; write `offset = 1h` or less
            -> count_window("c", clock = 10s, windows = tumbling(1s))
                2:30 `clock` is a clock; write `clock = event_time(|item| …, wait = 10s)`
            -> count_window("c", clock = own(), windows = sliding(length, offset = 2h))
            -> count_window("c", clock = self::SystemClock(), windows = tumbling(-5s, align_to = "now"))
                2:70 `length` of `tumbling` must be more than zero; write `5s`
                2:86 `align_to` is a point in time; write `align_to = Timestamp(0)`, with microseconds since 1970
            -> count_window("c", clock = system_time(), windower = TumblingWindower(length = 5s), ordered = 1)
                2:45 `count_window` has no argument `windower`; write `windows = tumbling(1min)`
                2:97 `ordered` is `true` or `false`; write `ordered = false`
            -> count_window("c", clock = system_time(), windows = TumblingWindower(length = 5s))
                2:55 `TumblingWindower` is called `tumbling` here; write `tumbling(1min)`
            -> collect_window("c", clock = system_time(), windows = tumbling(5s), into = HashSet)
                2:78 `HashSet` is not a value of `into` (`vec`, `set`, `map`); write `into = set`
            -> fold_window("c", clock = system_time(), windows = tumbling(5s), vec![], push, |a, b| a)
                2:68 `fold_window` takes a closure here; write `|| vec![]`
            -> fold_window("c", clock = system_time(), windows = tumbling(5s), builder = || 0, push, |a, b| a)
                2:68 `fold_window` has no argument `builder`; write `init = || 0`
        "#]],
    );
}

#[test]
fn aggregates() {
    chain(
        &[
            r#"-> aggregate_final("a", of = (count(), summ(|v| v), own::count()))"#,
            r#"-> aggregate_final("a", of = (count, sum(|a, b| a)))"#,
            r#"-> aggregate_final("a", of = ())"#,
            r#"-> aggregate_final("a", of = (top(|v| v), max_by(|v| v), count(1)))"#,
            r#"-> aggregate_final("a", of = (avg(|v| v), Own(1), p99(|v| v)))"#,
            r#"-> aggregate_final("a", of = sum(|v| { v.bytes; }))"#,
            r#"-> aggregate_final("a", count())"#,
            r#"-> aggregate_final("a")"#,
        ],
        expect![[r#"
            -> aggregate_final("a", of = (count(), summ(|v| v), own::count()))
                2:40 unknown aggregate `summ`; did you mean `sum`? (a function of your own has its path here: `self::summ(…)`)
            -> aggregate_final("a", of = (count, sum(|a, b| a)))
                2:31 `count` needs parentheses; write `count()`
                2:42 `sum` takes a closure of 1 argument, this one takes 2; write `|value| …`, or of a tuple `|(a, b)| …`
            -> aggregate_final("a", of = ())
                2:30 `aggregate_final` takes 1 to 12 aggregates, and here are no aggregates; write `of = (count(), …)`
            -> aggregate_final("a", of = (top(|v| v), max_by(|v| v), count(1)))
                2:31 `top` needs `n`; write `top(n, |value| …)`
                2:43 `max_by` needs `compare = |a, b| …`; write `max_by(|value| …, |a, b| …)`
                2:64 `count` takes no arguments, and this is one more; write `count()`
            -> aggregate_final("a", of = (avg(|v| v), Own(1), p99(|v| v)))
                2:31 `avg` is called `mean` here; write `mean(|value| …)`
            -> aggregate_final("a", of = sum(|v| { v.bytes; }))
                2:47 `sum` needs a value from its closure, which ends without one; leave out this `;`
            -> aggregate_final("a", count())
                2:25 `aggregate_final` takes this by name; write `of = count()`
            -> aggregate_final("a")
                2:4 `aggregate_final` needs `of`; write `-> aggregate_final("id", of = (count(), …))`
        "#]],
    );
}

#[test]
fn ids() {
    chain(
        &[
            r#"-> map("in", |x| x)"#,
            r#"-> map("", |x| x)"#,
            "-> stateful_map(|s, v| v)",
            "-> collect(max_size = 1, timeout = 1s)",
            "-> map(ID, |x| x)",
            "-> collect(ID, max_size = 1, timeout = 1s)",
        ],
        expect![[r#"
            -> map("in", |x| x)
                2:8 id `in` is used twice in this flow; choose another
            -> map("", |x| x)
                2:8 an id cannot be empty; write `-> map("id", |item| …)`
            -> stateful_map(|s, v| v)
                2:4 `stateful_map` needs an id; write `-> stateful_map("id", |state, value| …)`
            -> collect(max_size = 1, timeout = 1s)
                2:4 `collect` needs an id; write `-> collect("id", max_size = 100, timeout = 1s)`
            -> map(ID, |x| x)
                2:8 the id of `map` must be a string literal; write `-> map("id", |item| …)`
            -> collect(ID, max_size = 1, timeout = 1s)
                2:12 the id of `collect` must be a string literal; write `-> collect("id", max_size = 100, timeout = 1s)`
        "#]],
    );
}

#[test]
fn ids_of_heads_and_ends() {
    check(
        &["input(s) -> output(k);", r#"input("a", s) -> discard(); input("b", s) -> output("c", k);"#],
        expect![[r#"
            input(s) -> output(k);
                2:1 `input` needs an id; write `input("id", source)`
                2:13 `output` needs an id; write `-> output("id", sink)`
            input("a", s) -> discard(); input("b", s) -> output("c", k);
                2:18 `discard` needs `why`; write `-> discard("why")`
        "#]],
    );
}

#[test]
fn streams() {
    check(
        &[
            r#"a = input("in", s); b -> output("out", k);"#,
            r#"hits = input("in", s); hist -> output("out", k);"#,
            r#"a = input("in", s); a -> output("out", k); size -> discard("x");"#,
            r#"b = a -> map(|x| x); a = input("in", s); b -> output("out", k);"#,
            r#"a = input("in", s); a = input("in2", s); a -> output("out", k);"#,
            r#"a = input("in", s); input("in2", s) -> output("out", k);"#,
            r#"a = input("in", s); a -> output("out", k); a;"#,
            r#"a = input("in", s); b = a; a -> output("out", k);"#,
        ],
        expect![[r#"
            a = input("in", s); b -> output("out", k);
                2:21 unknown stream `b`; define it first with `b = …;`
            hits = input("in", s); hist -> output("out", k);
                2:24 unknown stream `hist`; did you mean `hits`?
            a = input("in", s); a -> output("out", k); size -> discard("x");
                2:44 `size` is a parameter of the flow, not a stream; for a source write `input("id", size)`
            b = a -> map(|x| x); a = input("in", s); b -> output("out", k);
                2:5 stream `a` is used before it is defined; move `a = …;` up
            a = input("in", s); a = input("in2", s); a -> output("out", k);
                2:21 stream `a` is defined twice; give one of them another name
            a = input("in", s); input("in2", s) -> output("out", k);
                2:1 stream `a` is never used; write `a -> discard("why");` or remove it
            a = input("in", s); a -> output("out", k); a;
                2:44 nothing is done with `a` here; write `a -> …`
            a = input("in", s); b = a; a -> output("out", k);
                2:21 stream `b` is never used; write `b -> discard("why");` or remove it
        "#]],
    );
}

#[test]
fn words_as_arguments() {
    check(
        &[
            r#"a = input("in", s); join("j", a, a, emit = finl) -> output("out", k);"#,
            r#"a = input("in", s); join("j", a, a, emit = 1 + 1) -> output("out", k);"#,
            r#"a = input("in", s); join("j", a, a, kind = outer) -> output("out", k);"#,
            r#"a = input("in", s); join("j", a, a, kind = full) -> output("out", k);"#,
            r#"a = input("in", s); join("j", a, a, kind = full, emit = complete) -> output("out", k);"#,
            r#"a = input("in", s); join("j", a, a, kind = full, emit = running) -> output("out", k);"#,
            r#"a = input("in", s); join("j", a, a, last) -> output("out", k);"#,
        ],
        expect![[r#"
            a = input("in", s); join("j", a, a, emit = finl) -> output("out", k);
                2:44 `finl` is not a value of `emit` (`complete`, `final`, `running`); did you mean `final`?
            a = input("in", s); join("j", a, a, emit = 1 + 1) -> output("out", k);
                2:44 `emit` is a word; write `complete`, `final` or `running`
            a = input("in", s); join("j", a, a, kind = outer) -> output("out", k);
                2:44 `outer` is not a value of `kind` (`inner`, `left`, `right`, `full`); write `kind = full`
            a = input("in", s); join("j", a, a, kind = full) -> output("out", k);
                2:44 `kind = full` needs `emit = final` or `emit = running`; add one of them, or remove this
            a = input("in", s); join("j", a, a, kind = full, emit = complete) -> output("out", k);
                2:44 `kind = full` needs `emit = final` or `emit = running`; add one of them, or remove this
            a = input("in", s); join("j", a, a, kind = full, emit = running) -> output("out", k);
            a = input("in", s); join("j", a, a, last) -> output("out", k);
                2:37 unknown stream `last`; define it first with `last = …;`
        "#]],
    );
}

#[test]
fn how_many_streams() {
    check(
        &[
            r#"a = input("in", s); join("j", a) -> output("out", k);"#,
            r#"a = input("in", s); join("j", a, a, a, a, a, a) -> output("out", k);"#,
            r#"a = input("in", s); join("j", a, a, a, a, a, a, a, a) -> output("out", k);"#,
            r#"a = input("in", s); merge(a, a, a, a, a, a, a, a) -> output("out", k);"#,
        ],
        expect![[r#"
            a = input("in", s); join("j", a) -> output("out", k);
                2:21 `join` needs at least 2 streams; write `join("id", a, b)`
            a = input("in", s); join("j", a, a, a, a, a, a) -> output("out", k);
            a = input("in", s); join("j", a, a, a, a, a, a, a, a) -> output("out", k);
                2:49 `join` takes at most 6 streams, and this is one more; name what some of them make, `name = join("id", a, b);`, and read that here
            a = input("in", s); merge(a, a, a, a, a, a, a, a) -> output("out", k);
        "#]],
    );
}

#[test]
fn cycles() {
    check(
        &[
            r#"s = input("in", s); a = merge(s, a) -> map(|x| x); a -> output("out", k);"#,
            r#"s = input("in", s); a = merge(s, b); b = a -> map(|x| x); c = b; c -> output("out", k);"#,
        ],
        expect![[r#"
            s = input("in", s); a = merge(s, a) -> map(|x| x); a -> output("out", k);
                2:34 stream `a` is used in its own definition; a flow has no cycles
            s = input("in", s); a = merge(s, b); b = a -> map(|x| x); c = b; c -> output("out", k);
                2:34 stream `b` depends on what is defined here; a flow has no cycles
        "#]],
    );
}

#[test]
fn ports() {
    check(
        &[
            r#"a = input("in", s) -> try_map(|x| x); a -> output("out", k);"#,
            r#"a = input("in", s) -> try_map(|x| x); a.err -> output("out", k);"#,
            r#"a = input("in", s) -> try_map(|x| x); a -> output("out", k); a.er -> discard("x");"#,
            r#"a = input("in", s); a.err -> output("out", k);"#,
            r#"a = input("in", s) -> branch(|x| true); a -> output("out", k);"#,
            r#"a = input("in", s) -> branch(|x| true); a.trues -> output("out", k);"#,
            r#"a = input("in", s) -> branch(|x| true); input("i", s) -> output("out", k);"#,
            r#"a = input("in", s) -> branch(|x| true); a.left -> output("out", k);"#,
            r#"a = input("in", s) -> try_map(|x| x); b = a.err; b.err -> output("out", k); a -> discard("x");"#,
        ],
        expect![[r#"
            a = input("in", s) -> try_map(|x| x); a -> output("out", k);
                2:1 `a.err` is not used; use it or write `a.err -> discard("why");`
            a = input("in", s) -> try_map(|x| x); a.err -> output("out", k);
                2:1 `a` is not used; use it or write `a -> discard("why");`
            a = input("in", s) -> try_map(|x| x); a -> output("out", k); a.er -> discard("x");
                2:64 `a` has no port `er`; did you mean `a.err`?
            a = input("in", s); a.err -> output("out", k);
                2:23 `a` has no ports; write `a`
            a = input("in", s) -> branch(|x| true); a -> output("out", k);
                2:41 `branch` has no main output; use `a.trues` and `a.falses`
            a = input("in", s) -> branch(|x| true); a.trues -> output("out", k);
                2:1 `a.falses` is not used; use it or write `a.falses -> discard("why");`
            a = input("in", s) -> branch(|x| true); input("i", s) -> output("out", k);
                2:1 `a.trues` and `a.falses` are not used; use them or write `a.trues -> discard("why"); a.falses -> discard("why");`
            a = input("in", s) -> branch(|x| true); a.left -> output("out", k);
                2:43 `a` has no port `left`; there is `a.trues` and `a.falses`
            a = input("in", s) -> try_map(|x| x); b = a.err; b.err -> output("out", k); a -> discard("x");
                2:52 `b` has no ports
        "#]],
    );
}

#[test]
fn ports_in_mid_chain() {
    chain(
        &["-> try_map(|x| x)", "-> branch(|x| true)"],
        expect![[r#"
            -> try_map(|x| x)
                2:4 `.err` of `try_map` is not used; end the statement here and name it: `name = … -> try_map("id", |item| …); name.err -> discard("why"); name -> …`
            -> branch(|x| true)
                2:4 `branch` has no main output, so nothing can follow it; end the statement here, `name = … -> branch("id", |item| …);`, and continue from `name.trues` and `name.falses`
        "#]],
    );
}

#[test]
fn heads_and_ends_in_mid_chain() {
    chain(
        &[r#"-> input("i", s)"#, r#"-> output("o", k)"#, r#"-> discard("why")"#, "-> merge(a, b)"],
        expect![[r#"
        -> input("i", s)
            2:4 `input` starts a chain and cannot follow `->`; write `name = input("id", source);`
        -> output("o", k)
            2:4 `output` ends a chain, so nothing can follow it; write `;` here, and name the stream before it to use it twice
        -> discard("why")
            2:4 `discard` ends a chain, so nothing can follow it; write `;` here, and name the stream before it to use it twice
        -> merge(a, b)
            2:4 `merge` starts a chain and cannot follow `->`; write `name = merge(a, b);`
            2:10 unknown stream `a`; define it first with `a = …;`
            2:13 unknown stream `b`; define it first with `b = …;`
    "#]],
    );
}

#[test]
fn heads_and_ends() {
    check(
        &[
            r#"map(|x| x) -> output("out", k); input("i", s) -> discard("x");"#,
            r#"input("in", s) -> map(|x| x);"#,
            r#"input("in", s) -> branch(|x| x);"#,
            r#"a = input("in", s) -> output("out", k);"#,
            r#"a = input("in", s) -> output("out", k); a -> discard("x");"#,
            "",
            r#"input("in", s) -> discard("x");"#,
            r#"a = input("in", s); merge(a) -> output("out", k);"#,
            r#"merge() -> output("out", k);"#,
            r#"a = input("in", s); merge(a, input("b", s)) -> output("out", k);"#,
        ],
        expect![[r#"
            map(|x| x) -> output("out", k); input("i", s) -> discard("x");
                2:1 `map` cannot start a chain; write `stream -> map("id", |item| …)`
            input("in", s) -> map(|x| x);
                2:19 the chain goes nowhere after `map`; add `-> output("id", sink)` or `-> discard("why")`, or name it, `name = …`
            input("in", s) -> branch(|x| x);
                2:19 the chain goes nowhere after `branch`; name it, `name = …`, and use `name.trues` and `name.falses`
            a = input("in", s) -> output("out", k);
                2:1 `output` ends a chain, so there is nothing to name; leave out `a =`
            a = input("in", s) -> output("out", k); a -> discard("x");
                2:1 `output` ends a chain, so there is nothing to name; leave out `a =`

                1:6 flow `f` has no input and no output; write `input("id", source) -> … -> output("id", sink);`
            input("in", s) -> discard("x");
                1:6 flow `f` has no output; write `input("id", source) -> … -> output("id", sink);`
            a = input("in", s); merge(a) -> output("out", k);
                2:21 `merge` needs at least 2 streams; write `merge(a, b)`
            merge() -> output("out", k);
                2:1 `merge` needs at least 2 streams; write `merge(a, b)`
            a = input("in", s); merge(a, input("b", s)) -> output("out", k);
                2:30 `merge` takes named streams; give this one a name before, `name = …;`
        "#]],
    );
}

#[test]
fn statements() {
    check(
        &[
            r#"let a = input("in", s); a -> output("out", k);"#,
            r#"a = input("in", s) a -> output("out", k);"#,
            r#"a = input("in", s); a -> output("out", k)"#,
            r#"a = input("in", s); a.map(|x| x) -> output("out", k);"#,
            r#"a = input("in", s) map(|x| x); a -> output("out", k);"#,
            r#"a = input("in", s); a => output("out", k);"#,
            r#"a = input("in", s) -> ; a -> output("out", k);"#,
            r#"a: = input("in", s); a -> output("out", k);"#,
            r#"42 -> output("out", k); input("in", s) -> output("o", k);"#,
            r#"a = ; a -> output("out", k);"#,
            r#"a.1 -> output("out", k);"#,
            r#"a: u8 = input("in", s) -> branch(|x| x); a.trues -> output("out", k); a.falses -> discard("x");"#,
        ],
        expect![[r#"
            let a = input("in", s); a -> output("out", k);
                2:1 a stream is named without `let`; write `name = …`
            a = input("in", s) a -> output("out", k);
                2:20 expected `->` and a step, or `;` before the next statement
            a = input("in", s); a -> output("out", k)
                2:41 expected `;` after this
            a = input("in", s); a.map(|x| x) -> output("out", k);
                2:23 steps are joined by `->`; write `a -> map(…)`
            a = input("in", s) map(|x| x); a -> output("out", k);
                2:20 expected `->` before this step
            a = input("in", s); a => output("out", k);
                2:23 expected `->` and a step, or `;`
            a = input("in", s) -> ; a -> output("out", k);
                2:23 expected a step after `->`
            a: = input("in", s); a -> output("out", k);
                2:4 expected the type of the items, as in `name: Type = …`
            42 -> output("out", k); input("in", s) -> output("o", k);
                2:1 expected a stream's name, or a head such as `input("id", source)`
            a = ; a -> output("out", k);
                2:5 expected a stream's name, or a head such as `input("id", source)`
            a.1 -> output("out", k);
                2:1 unknown stream `a`; define it first with `a = …;`
            a: u8 = input("in", s) -> branch(|x| x); a.trues -> output("out", k); a.falses -> discard("x");
                2:4 `branch` has no main output whose type could be declared; remove this
        "#]],
    );
}

#[test]
fn heads_of_flows() {
    flows(
        &[
            r#"flow a() { input("i", s) -> output("o", k); } flow a() { input("i", s) -> output("o", k); }"#,
            r#"fn a() { input("i", s) -> output("o", k); }"#,
            "flow { }",
            "flow a { }",
            "flow a()",
            "flow a(b, c: &str, mut d: u8, #[cfg(x)] e: impl Fn(), b2: u8, b2: u8) {}",
            "42",
            "",
        ],
        expect![[r#"
            flow a() { input("i", s) -> output("o", k); } flow a() { input("i", s) -> output("o", k); }
                1:52 flow `a` is declared twice; give one another name
            fn a() { input("i", s) -> output("o", k); }
                1:1 expected `flow`, found `fn`; a flow is written `pub flow name(parameters) { statements }`
            flow { }
                1:6 expected the flow's name; a flow is written `pub flow name(parameters) { statements }`
            flow a { }
                1:8 expected the flow's parameters in parentheses; write `()` where it has none
            flow a()
                1:6 unexpected end of input, expected the flow's statements in braces
            flow a(b, c: &str, mut d: u8, #[cfg(x)] e: impl Fn(), b2: u8, b2: u8) {}
                1:8 parameter `b` needs its type; write `b: Type`
                1:14 parameter `c` borrows; a flow owns its parameters, as in `String`
                1:20 a parameter is not changed; write its name alone
                1:31 only a doc comment and `#[default = "text"]` are allowed on a parameter; remove this
                1:44 parameter `e` needs a type with a name; make the flow generic
                1:63 parameter `b2` is declared twice
            42
                1:1 expected `flow`; a flow is written `pub flow name(parameters) { statements }`

        "#]],
    );
}

#[test]
fn five_mistakes_are_five_messages() {
    check(
        &[r#"a = input("in", s) -> mpa(|x| x);
lines = input("in", s) -> map(|x, y| x);
lines -> collect("c", max_size = 5, timeout = 5sec) -> output("out", k);
lines -> collect(max_size = 5, timeout = 5s) -> ;
a -> outptu("o", k);"#],
        expect![[r#"
            a = input("in", s) -> mpa(|x| x);
            lines = input("in", s) -> map(|x, y| x);
            lines -> collect("c", max_size = 5, timeout = 5sec) -> output("out", k);
            lines -> collect(max_size = 5, timeout = 5s) -> ;
            a -> outptu("o", k);
                2:23 unknown step `mpa`; did you mean `map`?
                3:15 id `in` is used twice in this flow; choose another
                3:31 `map` takes a closure of 1 argument, this one takes 2; write `|item| …`, or of a tuple `|(x, y)| …`
                4:47 unknown unit `sec`; did you mean `5s`?
                5:10 `collect` needs an id; write `-> collect("id", max_size = 100, timeout = 1s)`
                5:49 expected a step after `->`
                6:6 unknown step `outptu`; did you mean `output`?
        "#]],
    );
}

#[test]
fn a_parameter_leaves_the_common_flags_alone() {
    flows(
        &[r#"flow a(workers: u32) { input("x", s(workers)) -> output("y", t); }"#],
        expect![[r#"
            flow a(workers: u32) { input("x", s(workers)) -> output("y", t); }
                1:8 parameter `workers` has the name of a flag that every flow has; give it another
        "#]],
    );
}
