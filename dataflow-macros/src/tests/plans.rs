//! What runs where, and over which edges items go.

use super::plans;
use expect_test::{Expect, expect};

fn check(statements: &str, expected: Expect) {
    expected.assert_eq(&plans(&format!("flow f() {{ {statements} }}")));
}

#[test]
fn stateless_steps_run_with_the_source() {
    check(
        r#"input("in", s) -> map("m", |x| x) -> filter(|x| true) -> map_batch(|xs| xs) -> inspect() -> output("out", k);"#,
        expect![[r#"
            flow f
              0 input "in" operator 0
              1 map "m" operator 0 <- 0 fused
              2 filter "filter_2" operator 0 <- 1 fused
              3 map_batch "map_batch_3" operator 0 <- 2 fused
              4 inspect "inspect_4" operator 0 <- 3 fused
              5 output "out" operator 1 <- 4 local
        "#]],
    );
}

#[test]
fn stateful_steps_are_behind_an_exchange() {
    check(
        r#"input("in", s) -> key_on(|x| 1) -> map_value(|v| v) -> stateful_map("sum", |s, v| v) -> key_rm()
            -> redistribute() -> flatten() -> output("out", k);"#,
        expect![[r#"
            flow f
              0 input "in" operator 0
              1 key_on "key_on_1" operator 0 <- 0 fused, keyed
              2 map_value "map_value_2" operator 0 <- 1 fused, keyed
              3 stateful_map "sum" operator 1 <- 2 exchange, keyed, placed, stateful
              4 key_rm "key_rm_4" operator 1 <- 3 fused
              5 redistribute "redistribute_5" operator 2 <- 4 exchange
              6 flatten "flatten_6" operator 2 <- 5 fused
              7 output "out" operator 3 <- 6 local
        "#]],
    );
}

#[test]
fn placed_streams_need_no_second_exchange() {
    check(
        r#"input("in", s) -> key_on(|x| 1) -> collect("lists", max_size = 3, timeout = 1s)
            -> map_value(|v| v) -> filter(|kv| true) -> dedupe("once") -> map(|kv| kv) -> dedupe("again")
            -> reduce_epoch_local("here", |a, b| a) -> reduce_epoch("all", |a, b| a) -> output("out", k);"#,
        expect![[r#"
            flow f
              0 input "in" operator 0
              1 key_on "key_on_1" operator 0 <- 0 fused, keyed
              2 collect "lists" operator 1 <- 1 exchange, keyed, placed, stateful
              3 map_value "map_value_3" operator 1 <- 2 fused, keyed, placed
              4 filter "filter_4" operator 1 <- 3 fused, keyed, placed
              5 dedupe "once" operator 2 <- 4 local, keyed, placed, stateful
              6 map "map_6" operator 2 <- 5 fused
              7 dedupe "again" operator 3 <- 6 exchange, keyed, placed, stateful
              8 reduce_epoch_local "here" operator 4 <- 7 local, keyed
              9 reduce_epoch "all" operator 5 <- 8 exchange, keyed, placed
              10 output "out" operator 6 <- 9 local
        "#]],
    );
}

#[test]
fn readers_of_a_shared_stream_run_on_their_own() {
    check(
        r#"all = input("in", s) -> map(|x| x);
            all -> map(|x| x) -> output("a", k);
            all -> output("b", k);
            all -> key_on(|x| 1) -> count_final("n") -> output("c", k);"#,
        expect![[r#"
            flow f
              0 input "in" operator 0
              1 map "map_1" operator 0 <- 0 fused
              2 map "map_2" operator 1 <- 1 local
              3 output "a" operator 2 <- 2 local
              4 output "b" operator 3 <- 1 local
              5 key_on "key_on_5" operator 4 <- 1 local, keyed
              6 count_final "n" operator 5 <- 5 exchange, keyed, placed, stateful
              7 output "c" operator 6 <- 6 local
        "#]],
    );
}

#[test]
fn the_first_port_is_fused_and_the_others_are_edges() {
    check(
        r#"parsed = input("in", s) -> try_map(|x| x);
            parsed.err -> map(|e| e) -> output("bad", k);
            sides = parsed -> branch(|x| true);
            sides.trues -> map(|x| x) -> output("yes", k);
            sides.falses -> filter(|x| true) -> discard("no");
            "#,
        expect![[r#"
            flow f
              0 input "in" operator 0
              1 try_map "try_map_1" operator 0 <- 0 fused
              2 map "map_2" operator 1 <- 1.err local
              3 output "bad" operator 2 <- 2 local
              4 branch "branch_4" operator 0 <- 1 fused
              5 map "map_5" operator 0 <- 4.trues fused
              6 output "yes" operator 3 <- 5 local
              7 filter "filter_7" operator 4 <- 4.falses local
              8 discard "discard_8" operator 4 <- 7 fused
        "#]],
    );
}

#[test]
fn merged_streams_run_with_what_reads_them() {
    check(
        r#"a = input("a", s) -> key_on(|x| 1) -> max_final("max");
            b = input("b", s) -> key_on(|x| 1) -> min_final("min");
            c = input("c", s) -> split(|x| x);
            c.err -> raises();
            both = merge(a, b);
            all = merge("all", both, c.ok, c.ok);
            all -> map(|x| x) -> output("out", k);"#,
        expect![[r#"
            flow f
              0 input "a" operator 0
              1 key_on "key_on_1" operator 0 <- 0 fused, keyed
              2 max_final "max" operator 1 <- 1 exchange, keyed, placed, stateful
              3 input "b" operator 2
              4 key_on "key_on_4" operator 2 <- 3 fused, keyed
              5 min_final "min" operator 3 <- 4 exchange, keyed, placed, stateful
              6 input "c" operator 4
              7 split "split_7" operator 4 <- 6 fused
              8 raises "raises_8" operator 5 <- 7.err local
              9 merge "merge_9" operator 6 <- 2 local <- 5 local, keyed, placed
              10 merge "all" operator 7 <- 9 local <- 7.ok local <- 7.ok local
              11 map "map_11" operator 7 <- 10 fused
              12 output "out" operator 8 <- 11 local
        "#]],
    );
}

#[test]
fn merging_keeps_keys_in_place() {
    check(
        r#"a = input("a", s) -> key_on(|x| 1) -> max_final("max");
            b = input("b", s) -> key_on(|x| 1) -> min_final("min");
            merge(a, b) -> reduce_final("both", |a, b| a) -> output("out", k);"#,
        expect![[r#"
            flow f
              0 input "a" operator 0
              1 key_on "key_on_1" operator 0 <- 0 fused, keyed
              2 max_final "max" operator 1 <- 1 exchange, keyed, placed, stateful
              3 input "b" operator 2
              4 key_on "key_on_4" operator 2 <- 3 fused, keyed
              5 min_final "min" operator 3 <- 4 exchange, keyed, placed, stateful
              6 merge "merge_6" operator 4 <- 2 local <- 5 local, keyed, placed
              7 reduce_final "both" operator 5 <- 6 local, keyed, placed, stateful
              8 output "out" operator 6 <- 7 local
        "#]],
    );
}

#[test]
fn a_side_that_is_in_place_is_not_sent() {
    check(
        r#"a = input("a", s) -> key_on(|x| 1) -> max_final("max");
            b = input("b", s) -> key_on(|x| 1);
            join("both", a, b, emit = final) -> stateful("more", l) -> output("out", k);"#,
        expect![[r#"
            flow f
              0 input "a" operator 0
              1 key_on "key_on_1" operator 0 <- 0 fused, keyed
              2 max_final "max" operator 1 <- 1 exchange, keyed, placed, stateful
              3 input "b" operator 2
              4 key_on "key_on_4" operator 2 <- 3 fused, keyed
              5 join "both" operator 3 <- 2 local <- 4 exchange, keyed, placed, stateful
              6 stateful "more" operator 4 <- 5 local, keyed, placed, stateful
              7 output "out" operator 5 <- 6 local
        "#]],
    );
}

#[test]
fn names_can_have_names() {
    check(
        r#"a = input("in", s) -> try_map(|x| x);
            good: u64 = a;
            bad = a.err;
            good -> output("good", k);
            bad -> output("bad", k);
            bad -> discard("twice");"#,
        expect![[r#"
            flow f
              0 input "in" operator 0
              1 try_map "try_map_1" operator 0 <- 0 fused
              2 output "good" operator 1 <- 1 local
              3 output "bad" operator 2 <- 1.err local
              4 discard "discard_4" operator 3 <- 1.err local
        "#]],
    );
}

#[test]
fn made_ids_make_way_for_given_ones() {
    check(
        r#"input("map_1", s) -> map(|x| x) -> map("map_2", |x| x) -> map(|x| x) -> output("out", k);"#,
        expect![[r#"
            flow f
              0 input "map_1" operator 0
              1 map "map_1_" operator 0 <- 0 fused
              2 map "map_2" operator 0 <- 1 fused
              3 map "map_3" operator 0 <- 2 fused
              4 output "out" operator 1 <- 3 local
        "#]],
    );
}
