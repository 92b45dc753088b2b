//! The lock of a flow, `#[locked("flow.lock")]`: what each step keeps, written down in a file and compared at every start.

use super::config::Config;
use super::definition::{Definition, Lock};
use super::survey::{Surveyed, survey};
use crate::base::error::Error;
use crate::snapshot::StepInfo;
use std::env::var_os;
use std::path::{Path, PathBuf};

/// The text of a lock: `word "id" fingerprint`, a line for each step that keeps something beyond an epoch.
pub(crate) fn text(flow: &Definition) -> Result<String, Error> {
    let mut text = String::from("# What each step keeps: word, id, type. Written by the command `lock`; commit it.\n");
    for StepInfo { id, word, fingerprint } in kept(flow, &survey(flow, &Config::default(), None)?) {
        // A step that a function of the user's called has no word in the graph.
        let word = if word.is_empty() { "-" } else { &word };
        text.push_str(&format!("{word} {id:?} {fingerprint}\n"));
    }
    Ok(text)
}

/// The file that the command `lock` writes where none is named.
pub(crate) fn file(flow: &Definition) -> PathBuf {
    let path = Path::new(flow.lock.map_or("flow.lock", |lock| lock.path));
    // `cargo run` says where the package is; a program that was started by itself goes by the current folder.
    match var_os("CARGO_MANIFEST_DIR").filter(|_| flow.lock.is_some()) {
        Some(package) => Path::new(&package).join(path),
        None => path.to_owned(),
    }
}

/// Fails where a step keeps something else than the flow's lock says. The macro has compared words and ids; types are known
/// only now. Gives what it has found in a flow with a lock.
pub(crate) fn compare(flow: &Definition, config: &Config) -> Result<Option<Surveyed>, Error> {
    let Some(Lock { path, text }) = flow.lock else { return Ok(None) };
    let Some(text) = text else {
        let what =
            format!("this program was built to renew {path} and runs only `lock`; build it without FLOWSTONE_LOCK");
        return Err(Error::Config { what });
    };
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let mut locked: Vec<_> = lines.filter_map(id_and_fingerprint).collect();
    let surveyed = survey(flow, config, None)?;
    for StepInfo { id, fingerprint, .. } in kept(flow, &surveyed) {
        let written = format!("{id:?}");
        let before = locked.iter().position(|(id, _)| *id == written).map(|at| locked.swap_remove(at).1);
        if before != Some(&*fingerprint) {
            let locked = before.map(str::to_owned);
            return Err(Error::Locked { step: id, path: path.to_owned(), locked, now: Some(fingerprint) });
        }
    }
    match locked.first() {
        None => Ok(Some(surveyed)),
        Some((id, before)) => {
            let step = id.trim_matches('"').to_owned();
            Err(Error::Locked { step, path: path.to_owned(), locked: Some((*before).to_owned()), now: None })
        }
    }
}

/// The steps that keep something from epoch to epoch.
fn kept(flow: &Definition, surveyed: &Surveyed) -> Vec<StepInfo> {
    // What `reduce_epoch` has is gone when an epoch ends. A function of the user's may have the id of a step that it calls.
    let passing = |step: &StepInfo| {
        flow.graph.steps.iter().any(|of| of.id == step.id && of.word == step.word && of.keyed && !of.stateful)
    };
    let mut steps = surveyed.steps(flow);
    steps.retain(|step| !passing(step));
    steps
}

/// The id, with its quotes, and the fingerprint in a line of a lock.
fn id_and_fingerprint(line: &str) -> Option<(&str, &str)> {
    let (_, rest) = line.split_once(' ')?;
    let mut escaped = false;
    let end = rest.strip_prefix('"')?.find(|sign| {
        let ends = sign == '"' && !escaped;
        escaped = sign == '\\' && !escaped;
        ends
    })?;
    let (id, fingerprint) = rest.split_at(end + 2);
    Some((id, fingerprint.trim()))
}
