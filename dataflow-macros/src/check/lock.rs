//! A locked flow: each step that keeps something is found again by its id.

use crate::ast::Call;
use crate::errors::Errors;
use crate::lock::{self, Line, RENEW};
use crate::resolve::Graph;
use syn::LitStr;

/// A step of the flow that has an id of its own.
struct LockedStep<'a> {
    call: &'a Call,
    text: &'a LitStr,
    /// As the lock has it.
    id: String,
    stateful: bool,
}

/// Compares the steps of a flow without other mistakes with those in its lock, if it has one.
pub(crate) fn lock(errors: &mut Errors, graph: &Graph) {
    let Some(path) = graph.flow.lock.as_ref().filter(|_| !lock::renewing()) else { return };
    let locked = match lock::read(path) {
        Ok(locked) => locked,
        Err(message) => return errors.at(path.span(), message),
    };
    let steps: Vec<_> = graph.nodes.iter().filter_map(step).collect();
    let name = path.value();
    let mut new = Vec::new();
    for step in &steps {
        let word = &step.call.word;
        match locked.iter().find(|line| line.id == step.id) {
            // What a function of the user's put in has a word that cannot be seen here.
            Some(line) if *word == line.word || line.word == "-" => {}
            Some(Line { word: before, id }) => {
                let message = format!(
                    "{id} is `{before}` in `{name}`, whose state `{word}` cannot read; write `{before}` again, or choose another id and renew the lock with {RENEW}"
                );
                errors.at(word.span(), message);
            }
            None if step.stateful => new.push(step),
            None => {}
        }
    }
    let removed = |line: &&Line| line.word != "-" && !steps.iter().any(|step| step.id == line.id);
    for Line { word, id } in locked.iter().filter(removed) {
        // A step that went and one of its word that came: a new name is likelier than both.
        if let Some(at) = new.iter().position(|step| step.call.word == *word) {
            let step = new.remove(at);
            let message = format!(
                "`{word}` {id} in `{name}` seems to be called {} now, and would lose its state; call it {id} again, or renew the lock with {RENEW}",
                step.id
            );
            errors.at(step.text.span(), message);
        } else {
            let message = format!(
                "`{name}` has `{word}` {id}, and the flow has no such step: its state would be lost; put it back, or renew the lock with {RENEW}"
            );
            errors.at(path.span(), message);
        }
    }
    for step in new {
        let message = format!("{} is not in `{name}`; renew the lock with {RENEW}", step.id);
        errors.at(step.call.word.span(), message);
    }
}

fn step<'a>(node: &crate::resolve::Node<'a>) -> Option<LockedStep<'a>> {
    let (spec, call) = (node.spec?, node.call);
    let text = call.parens.as_ref()?.text.as_ref().filter(|_| spec.id != crate::spec::Id::Never)?;
    Some(LockedStep { call, text, id: format!("{:?}", text.value()), stateful: spec.stateful })
}
