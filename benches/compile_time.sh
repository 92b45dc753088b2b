#!/usr/bin/env bash
# What a flow costs to compile: the time and the compiler's peak memory of a crate with one flow of 20 and of 100 steps,
# beside the same steps on timely by hand, and beside an empty program. Dependencies are built before.
#
#     benches/compile_time.sh            # 20 and 100 steps
#     benches/compile_time.sh 50         # 50
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
work=$root/target/compile_time
mkdir -p "$work"

# Runs the compiler and notes its peak memory, as Linux tells it.
cat > "$work/wrapper" <<'WRAPPER'
#!/usr/bin/env bash
"$@" &
compiler=$!
while read -r word value _ < <(grep VmHWM "/proc/$compiler/status" 2> /dev/null) && [ -n "$word" ]; do
    echo "$value" >> "$PEAKS"
    sleep 0.02
done
wait $compiler
WRAPPER
chmod +x "$work/wrapper"

# Twenty steps at a time: mostly stateless ones, and one that keeps state for each key.
flow_step() {
    case $(($1 % 20)) in
        14) echo "-> key_on(\"s$1\", |n| n % 10)" ;;
        15) echo "-> stateful_map(\"s$1\", |sum: &mut Option<u64>, n| *sum.insert(sum.unwrap_or(0) + n))" ;;
        16) echo "-> map_value(\"s$1\", |n| n + 1)" ;;
        17) echo "-> map(\"s$1\", |(key, n)| key + n)" ;;
        0 | 5 | 10) echo "-> map(\"s$1\", |n| n.wrapping_mul(3) + $1)" ;;
        1 | 6 | 11) echo "-> filter(\"s$1\", |n| n % 7 != $1 % 7)" ;;
        2 | 7 | 12) echo "-> flat_map(\"s$1\", |n| [n, n + 1])" ;;
        3 | 8 | 13) echo "-> filter_map(\"s$1\", |n| (n % 11 != 3).then_some(n / 2))" ;;
        *) echo "-> inspect(\"s$1\", |n| { std::hint::black_box(n); })" ;;
    esac
}

timely_step() {
    case $(($1 % 20)) in
        14) echo ".map(|n| (n % 10, n))" ;;
        15) echo ".unary::<CapacityContainerBuilder<Vec<(u64, u64)>>, _, _, _>(Exchange::new(|row: &(u64, u64)| row.0), \"s$1\", |_, _| {
                let mut sums = std::collections::HashMap::new();
                move |input, output| {
                    input.for_each(|time, rows| {
                        let mut session = output.session(&time);
                        for (key, n) in rows.drain(..) {
                            let sum = sums.entry(key).or_insert(0);
                            *sum += n;
                            session.give((key, *sum));
                        }
                    });
                }
            })" ;;
        16) echo ".map(|(key, n)| (key, n + 1))" ;;
        17) echo ".map(|(key, n)| key + n)" ;;
        0 | 5 | 10) echo ".map(|n| n.wrapping_mul(3) + $1)" ;;
        1 | 6 | 11) echo ".filter(|n| n % 7 != $1 % 7)" ;;
        2 | 7 | 12) echo ".flat_map(|n| [n, n + 1])" ;;
        3 | 8 | 13) echo ".flat_map(|n| (n % 11 != 3).then_some(n / 2))" ;;
        *) echo ".inspect(|n| { std::hint::black_box(n); })" ;;
    esac
}

program() { # kind, number of steps
    case $1 in
        empty) echo 'fn main() {}' ;;
        flowstone)
            echo 'use flowstone::prelude::*;
use flowstone::testing::TestSink;
dataflow! {
    flow generated(out: TestSink<u64>) {
        input("numbers", iter(0..1000u64))'
            for ((at = 0; at < $2 - 2; at++)); do flow_step $at; done
            echo '-> output("out", out);
    }
}
fn main() {
    generated(TestSink::new()).run(&Config::default()).unwrap();
}'
            ;;
        timely)
            echo 'use flowstone::timely;
use timely::container::CapacityContainerBuilder;
use timely::dataflow::channels::pact::Exchange;
use timely::dataflow::operators::generic::Operator;
use timely::dataflow::operators::vec::{Filter, Map};
use timely::dataflow::operators::{Inspect, Probe, ToStream};
fn main() {
    timely::execute_directly(|worker| {
        worker.dataflow::<u64, _, _>(|scope| {
            (0..1000u64).to_stream(scope).container::<Vec<u64>>()'
            for ((at = 0; at < $2 - 2; at++)); do timely_step $at; done
            echo '.probe();
        });
    });
}'
            ;;
    esac
}

measure() { # name, command…
    local name=$1 start end peak
    shift
    touch "$work/$name/src/main.rs"
    : > "$work/peaks"
    start=$(date +%s.%N)
    PEAKS=$work/peaks RUSTC_WORKSPACE_WRAPPER=$work/wrapper "$@" --quiet --offline --manifest-path "$work/Cargo.toml" -p "$name"
    end=$(date +%s.%N)
    peak=$(sort -n "$work/peaks" | tail -1)
    printf '  %-22s %-16s %8.2f s %8d MiB\n' "$name" "${*:2}" "$(echo "$end - $start" | bc)" $((${peak:-0} / 1024))
}

names=()
add() { # name, kind, number of steps
    names+=("$1")
    mkdir -p "$work/$1/src"
    program "$2" "$3" > "$work/$1/src/main.rs"
    cat > "$work/$1/Cargo.toml" <<TOML
[package]
name = "$1"
version = "0.0.0"
edition = "2024"

[dependencies]
flowstone = { path = "$root" }
TOML
}
add empty empty 0
for steps in "${@:-20 100}"; do
    for number in $steps; do
        add "flowstone_$number" flowstone "$number"
        add "timely_$number" timely "$number"
    done
done
printf '[workspace]\nresolver = "3"\nmembers = [%s]\n' "$(printf '"%s", ' "${names[@]}")" > "$work/Cargo.toml"
# The profiles are cargo's own, as a user has them, and our release profile, which optimizes over all crates at the end.
sed -n '/^\[profile/,$p' Cargo.toml | sed 's/^\[profile.release\]/[profile.lto]\ninherits = "release"/' >> "$work/Cargo.toml"
cp Cargo.lock "$work/Cargo.lock"

export CARGO_TARGET_DIR=$work/target
# What is measured is the whole crate, not what changed in it.
export CARGO_INCREMENTAL=0
for build in "cargo check" "cargo build" "cargo build --release" "cargo build --profile=lto"; do
    # Dependencies, without counting them.
    PEAKS=/dev/null RUSTC_WORKSPACE_WRAPPER=$work/wrapper $build --quiet --offline --manifest-path "$work/Cargo.toml" --workspace
    echo "$build"
    for name in "${names[@]}"; do measure "$name" $build; done
done
