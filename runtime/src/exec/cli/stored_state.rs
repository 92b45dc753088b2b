//! `state`: what a recovery store holds, for people and for programs.

use crate::base::error::Error;
use crate::exec::engine::survey::with_cause;
use crate::snapshot::{Manifest, RecoveryError, Resume, SourcePosition, Store};
use rmpv::Value;
use serde_json::Value as Json;
use std::io::{self, Write};

/// Prints what the store at `url` holds: its epoch, its steps with their keys, where sources stand, its objects.
pub(crate) fn list(url: &str, out: &mut impl Write) -> Result<(), Error> {
    let (manifest, resume, damage) = open(url)?;
    let print = |out: &mut dyn Write| -> Result<(), Stopped> {
        writeln!(
            out,
            "flow `{}`, epoch {}, by execution {:x} with {} worker{}",
            manifest.flow,
            manifest.epoch,
            manifest.execution,
            manifest.workers,
            if manifest.workers == 1 { "" } else { "s" }
        )?;
        if let Some(damage) = &damage {
            writeln!(out, "not the newest: {}", with_cause(damage))?;
        }
        let bytes: u64 = manifest.parts.iter().map(|part| part.bytes).sum();
        writeln!(
            out,
            "{} parts, {bytes} bytes; sinks have committed up to epoch {}",
            manifest.parts.len(),
            manifest.sunk
        )?;
        for step in &manifest.steps {
            let (mut keys, mut bytes) = (0u64, 0u64);
            resume.entries(&step.id, |key, state| {
                keys += 1;
                bytes += (key.len() + state.len()) as u64;
                Ok::<_, RecoveryError>(())
            })?;
            let (id, word, fingerprint) = (&step.id, &step.word, &step.fingerprint);
            writeln!(out, "  step `{id}` ({word}): {keys} keys, {bytes} bytes, {fingerprint}")?;
        }
        for step in resume.steps_with_positions() {
            for (partition, position) in resume.positions(step).into_iter().flatten() {
                let at = match position {
                    SourcePosition::At(bytes) => json(bytes).to_string(),
                    SourcePosition::Ended => "read to its end".to_owned(),
                };
                writeln!(out, "  `{step}`, {partition}: {at}")?;
            }
        }
        for part in &manifest.parts {
            let full = if part.full { ", full" } else { "" };
            writeln!(
                out,
                "  {} (epoch {}, worker {}, {} bytes{full})",
                part.name, part.epoch, part.worker, part.bytes
            )?;
        }
        Ok(())
    };
    settle(print(out))
}

/// Prints the keys of a step and their state as JSON lines: `{"key":…,"state":…}`.
pub(crate) fn dump(url: &str, step: &str, out: &mut impl Write) -> Result<(), Error> {
    let (manifest, resume, _) = open(url)?;
    if !manifest.steps.iter().any(|known| known.id == step) {
        let known: Vec<String> = manifest.steps.iter().map(|known| format!("`{}`", known.id)).collect();
        let what = format!("the store has no state for step `{step}`; it has state for {}", known.join(", "));
        return Err(Error::Config { what });
    }
    settle(resume.entries(step, |key, state| {
        let line = serde_json::json!({ "key": json(key), "state": json(state) });
        Ok(writeln!(out, "{line}")?)
    }))
}

fn open(url: &str) -> Result<(Manifest, Resume, Option<RecoveryError>), Error> {
    let store = Store::open(url)?;
    let Some((manifest, damage)) = store.sound()? else {
        return Err(Error::Config { what: format!("the recovery store {} is empty", store.url()) });
    };
    let resume = Resume::read(&store, &manifest, 0, 1)?;
    Ok((manifest, resume, damage))
}

/// Why printing ended early.
enum Stopped {
    Failed(Error),
    /// Whoever reads it has seen enough.
    Seen,
}

impl From<RecoveryError> for Stopped {
    fn from(error: RecoveryError) -> Self {
        Stopped::Failed(error.into())
    }
}

impl From<io::Error> for Stopped {
    fn from(_: io::Error) -> Self {
        Stopped::Seen
    }
}

fn settle(result: Result<(), Stopped>) -> Result<(), Error> {
    match result {
        Err(Stopped::Failed(error)) => Err(error),
        Ok(()) | Err(Stopped::Seen) => Ok(()),
    }
}

/// What MessagePack holds, as JSON. Keys of maps that are no text become text; what JSON cannot say becomes text too.
fn json(mut bytes: &[u8]) -> Json {
    rmpv::decode::read_value(&mut bytes).map_or(Json::Null, to_json)
}

fn to_json(value: Value) -> Json {
    match value {
        Value::Nil => Json::Null,
        Value::Boolean(truth) => truth.into(),
        Value::Integer(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => number.into(),
            (None, Some(number)) => number.into(),
            (None, None) => Json::Null,
        },
        Value::F32(number) => f64::from(number).into(),
        Value::F64(number) => number.into(),
        Value::String(text) => String::from_utf8_lossy(text.as_bytes()).into_owned().into(),
        Value::Binary(bytes) => bytes.into(),
        Value::Array(values) => values.into_iter().map(to_json).collect::<Vec<_>>().into(),
        Value::Map(pairs) => {
            let name = |key: Value| match to_json(key) {
                Json::String(text) => text,
                other => other.to_string(),
            };
            Json::Object(pairs.into_iter().map(|(key, value)| (name(key), to_json(value))).collect())
        }
        Value::Ext(kind, bytes) => serde_json::json!({ "extension": kind, "bytes": bytes }),
    }
}
