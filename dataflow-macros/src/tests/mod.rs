//! Tests of the compiler as a whole: plans, mistakes, expansions, and input of any kind.

mod bytewax;
mod editors;
mod expansions;
mod locked;
mod mistakes;
mod plans;
mod random;

use crate::errors::Errors;
use crate::{check, driver, parse, plan, resolve};
use proc_macro2::TokenStream;

/// The plans of all flows, each as text. Flows with mistakes are planned as far as they are sound.
fn plans(text: &str) -> String {
    let mut errors = Errors::default();
    let flows = parse::flows(&mut errors, tokens(text));
    let plans = flows.iter().map(|flow| {
        let graph = resolve::resolve(&mut errors, flow);
        check::graph(&mut errors, &graph);
        plan::plan(&graph).to_string()
    });
    let plans: String = plans.collect();
    assert_eq!(errors.into_lines(), Vec::<String>::new());
    plans
}

/// The mistakes, each as `line:column message`.
fn mistakes(text: &str) -> String {
    let mut errors = Errors::default();
    let flows = parse::flows(&mut errors, tokens(text));
    check::flows(&mut errors, &flows);
    for flow in &flows {
        driver::graph(&mut errors, flow);
    }
    errors.into_lines().join("\n")
}

/// The expansion, as rustfmt would have it.
fn expansion(text: &str) -> String {
    pretty(driver::expand(tokens(text)))
}

fn pretty(tokens: TokenStream) -> String {
    let file = syn2::parse2::<syn2::File>(tokens.clone());
    prettyplease::unparse(&file.unwrap_or_else(|error| panic!("{error}: {tokens}")))
}

fn tokens(text: &str) -> TokenStream {
    text.parse().expect("tokens")
}
