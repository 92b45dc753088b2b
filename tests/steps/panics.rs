//! A panic in any closure of the user's stops the flow with the id of the closure's step.

use super::lockstep;
use flowstone::error::Error;
use flowstone::prelude::*;
use flowstone::testing::{TestSink, TestSource, at_every_size};

/// The step that a panic names, when `closure` is the one that panics.
fn panicking_step(closure: &'static str, config: &Config) -> String {
    let out = TestSink::new();
    let error = everything(closure, out.clone()).run(config).unwrap_err();
    assert!(out.take_committed().is_empty(), "{closure}");
    let text = error.to_string();
    let Error::Panic { step, message, location, .. } = error else { panic!("{text}") };
    assert_eq!(message, format!("this is {closure}"));
    assert!(location.unwrap().starts_with("tests/steps/panics.rs:"), "{text}");
    step
}

/// Panics for the closure of this name.
fn panic_in(chosen: &str, closure: &str) {
    if chosen == closure {
        panic!("this is {closure}");
    }
}

/// Says what its values were.
#[derive(Clone)]
struct Told(&'static str);

impl Logic<u64, u64> for Told {
    type State = u64;
    type Out = u64;
    const EACH_EPOCH: bool = true;

    fn start(&self, _key: &u64) -> u64 {
        panic_in(self.0, "start");
        0
    }

    fn on_value(&self, _: &u64, _: &mut u64, value: u64, _: Timestamp, emit: &mut impl FnMut(u64)) -> After {
        panic_in(self.0, "on_value");
        emit(value);
        After::Keep
    }

    fn notify_at(&self, _: &u64, _: &u64) -> Option<Timestamp> {
        panic_in(self.0, "notify_at");
        (self.0 == "on_notify").then_some(Timestamp(0))
    }

    fn on_notify(&self, _: &u64, _: &mut u64, _: Timestamp, _: &mut impl FnMut(u64)) -> After {
        panic_in(self.0, "on_notify");
        After::Forget
    }

    fn on_epoch_end(&self, _: &u64, _: &mut u64, _: &mut impl FnMut(u64)) -> After {
        panic_in(self.0, "on_epoch_end");
        After::Keep
    }

    fn on_eof(&self, _: &u64, _: &mut u64, _: &mut impl FnMut(u64)) -> After {
        panic_in(self.0, "on_eof");
        After::Keep
    }
}

dataflow! {
    flow everything(c: &'static str, out: TestSink<u64>) {
        parsed = input("source", per_worker(|worker, workers| {
                (worker as u64..100).step_by(workers).inspect(|_| panic_in(c, "iterator"))
            }))
            -> map("a_map", |n| { panic_in(c, "map"); n })
            -> filter("a_filter", |_| { panic_in(c, "filter"); true })
            -> filter_map("a_filter_map", |n| { panic_in(c, "filter_map"); Some(n) })
            -> flat_map("a_flat_map", |n| {
                panic_in(c, "flat_map");
                [n].into_iter().inspect(|_| panic_in(c, "flat_map_iterator"))
            })
            -> inspect("an_inspect", |_| panic_in(c, "inspect"))
            -> inspect_epoch("an_inspect_epoch", |_, _| panic_in(c, "inspect_epoch"))
            -> inspect_worker("an_inspect_worker", |_, _| panic_in(c, "inspect_worker"))
            -> map_batch("a_map_batch", |batch| {
                panic_in(c, "map_batch");
                batch.into_iter().inspect(|_| panic_in(c, "map_batch_iterator"))
            })
            -> enrich_cached("an_enrich", ttl = 1s, size = 10, |n| { panic_in(c, "enrich_key"); *n }, |n| { panic_in(c, "lookup"); *n })
            -> try_map("a_try_map", |(n, _)| { panic_in(c, "try_map"); Ok::<_, ()>(*n) });
        parsed.err -> discard("never");
        sides = parsed -> branch("a_branch", |_| { panic_in(c, "branch"); true });
        sides.falses -> discard("never");
        split = sides.trues -> split("a_split", |n| { panic_in(c, "split"); Ok::<u64, u64>(n) });
        split.err -> discard("never");
        split.ok
            -> key_on("a_key_on", |n| { panic_in(c, "key_on"); n % 7 })
            -> map_value("a_map_value", |n| { panic_in(c, "map_value"); n })
            -> filter_value("a_filter_value", |_| { panic_in(c, "filter_value"); true })
            -> filter_map_value("a_filter_map_value", |n| { panic_in(c, "filter_map_value"); Some(n) })
            -> flat_map_value("a_flat_map_value", |n| {
                panic_in(c, "flat_map_value");
                [n].into_iter().inspect(|_| panic_in(c, "flat_map_value_iterator"))
            })
            -> stateful("a_stateful", Told(c))
            -> stateful_map("a_stateful_map", |_: &mut Option<u64>, n| { panic_in(c, "stateful_map"); n })
            -> stateful_flat_map("a_stateful_flat_map", |_: &mut Option<u64>, n| {
                panic_in(c, "stateful_flat_map");
                [n].into_iter().inspect(|_| panic_in(c, "stateful_flat_map_iterator"))
            })
            -> reduce("a_reduce", |a, _| { panic_in(c, "reduce"); a }, |_| { panic_in(c, "is_complete"); c != "reduce" })
            -> top_k("a_top_k", 2, |n| { panic_in(c, "by"); *n })
            -> flatten_value("a_flatten")
            -> reduce_epoch("a_reduce_epoch", |a, _| { panic_in(c, "reduce_epoch"); a })
            -> reduce_epoch_local("a_reduce_epoch_local", |a, _| { panic_in(c, "reduce_epoch_local"); a })
            -> map(|(key, n)| (key % 2, n))
            -> reduce_final("a_reduce_final", |a, _| { panic_in(c, "reduce_final"); a })
            -> map(|(_, n)| ((), n))
            -> fold_final("a_fold_final", || { panic_in(c, "init"); 0 }, |_, n: u64| { panic_in(c, "fold"); n })
            -> map(|(_, n)| n)
            -> output("out", out);
    }
}

#[test]
fn a_panic_in_any_closure_names_its_step() {
    let closures = [
        ("iterator", "source"),
        ("map", "a_map"),
        ("filter", "a_filter"),
        ("filter_map", "a_filter_map"),
        ("flat_map", "a_flat_map"),
        ("flat_map_iterator", "a_flat_map"),
        ("inspect", "an_inspect"),
        ("inspect_epoch", "an_inspect_epoch"),
        ("inspect_worker", "an_inspect_worker"),
        ("map_batch", "a_map_batch"),
        ("map_batch_iterator", "a_map_batch"),
        ("enrich_key", "an_enrich"),
        ("lookup", "an_enrich"),
        ("try_map", "a_try_map"),
        ("branch", "a_branch"),
        ("split", "a_split"),
        ("key_on", "a_key_on"),
        ("map_value", "a_map_value"),
        ("filter_value", "a_filter_value"),
        ("filter_map_value", "a_filter_map_value"),
        ("flat_map_value", "a_flat_map_value"),
        ("flat_map_value_iterator", "a_flat_map_value"),
        ("start", "a_stateful"),
        ("on_value", "a_stateful"),
        ("notify_at", "a_stateful"),
        ("on_epoch_end", "a_stateful"),
        ("on_eof", "a_stateful"),
        ("stateful_map", "a_stateful_map"),
        ("stateful_flat_map", "a_stateful_flat_map"),
        ("stateful_flat_map_iterator", "a_stateful_flat_map"),
        ("reduce", "a_reduce"),
        ("is_complete", "a_reduce"),
        ("by", "a_top_k"),
        ("reduce_epoch", "a_reduce_epoch"),
        ("reduce_final", "a_reduce_final"),
        ("init", "a_fold_final"),
        ("fold", "a_fold_final"),
    ];
    for (closure, step) in closures {
        for workers in [1, 2] {
            assert_eq!(panicking_step(closure, &Config::default().workers(workers)), step, "{closure}");
        }
    }
}

dataflow! {
    flow combined_here(out: TestSink<(u64, u64)>) {
        input("numbers", per_worker(|_, _| 0..10u64))
            -> key_on(|_| 1)
            -> reduce_epoch_local("here", |_, _| panic!("of two"))
            -> output("out", out);
    }

    flow notified(numbers: TestSource<u64>, out: TestSink<(u64, u64)>) {
        input("numbers", numbers) -> key_on(|n| *n) -> stateful("a_timer", Told("on_notify")) -> output("out", out);
    }

    flow caught(out: TestSink<u64>) {
        input("numbers", iter(0..3u64))
            -> map("careful", |n| std::panic::catch_unwind(|| if n == 1 { panic!("caught") } else { n }).unwrap_or(100))
            -> map("careless", |n| if n == 2 { panic!("not caught") } else { n })
            -> output("out", out);
    }
}

#[test]
fn values_are_combined_in_the_name_of_the_step() {
    at_every_size(|config| {
        let error = combined_here(TestSink::new()).run(config).unwrap_err().to_string();
        assert!(error.starts_with("step `here` panicked on worker "), "{error}");
    });
}

#[test]
fn a_timer_fires_in_the_name_of_the_step() {
    at_every_size(|config| {
        let error = notified(TestSource::items([1, 2]), TestSink::new()).run(&lockstep(config)).unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with("step `a_timer` panicked on worker "), "{text}");
        assert!(text.ends_with(": this is on_notify"), "{text}");
    });
}

#[test]
fn a_panic_that_the_closure_caught_is_not_the_one_that_is_told() {
    let error = caught(TestSink::new()).run(&Config::default()).unwrap_err();
    let Error::Panic { step, message, location, .. } = error else { panic!("{error}") };
    assert_eq!((step.as_str(), message.as_str()), ("careless", "not caught"));
    let line = include_str!("panics.rs").lines().position(|line| line.contains(r#"map("careless""#)).unwrap() + 1;
    assert!(location.clone().unwrap().starts_with(&format!("tests/steps/panics.rs:{line}:")), "{location:?}");
}

#[test]
fn the_next_run_knows_nothing_of_the_panic_before() {
    assert_eq!(panicking_step("filter", &Config::default()), "a_filter");
    let out = TestSink::new();
    everything("none", out.clone()).run(&Config::default()).unwrap();
    assert_eq!(out.len(), 1);
    assert_eq!(panicking_step("key_on", &Config::default()), "a_key_on");
}

dataflow! {
    flow polled(out: TestSink<u64>) {
        input("polled", polling(0s, || panic!("this is polled"))) -> output("out", out);
    }
}

#[test]
fn a_panic_in_a_polled_function_names_the_input() {
    let error = polled(TestSink::new()).run(&Config::default()).unwrap_err().to_string();
    assert!(error.starts_with("step `polled` panicked on worker 0 at tests/steps/panics.rs:"), "{error}");
}

#[test]
fn a_hook_that_the_program_installs_later_is_no_obstacle() {
    let config = Config::default();
    assert_eq!(panicking_step("start", &config), panicking_step("start", &config));
    for _ in 0..3 {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| before(info)));
        // It names the place of the panic still.
        panicking_step("start", &config);
    }
}
