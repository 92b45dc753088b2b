//! The commands of a flow's program that do not run it: `graph`, `check`, `lock`, `state`.

use super::args::FormatArg;
use super::stored_state;
use crate::base::error::Error;
use crate::base::graph::{Graph, Notes};
use crate::exec::engine::Config;
use crate::exec::engine::Flow;
use crate::exec::engine::{lock, survey};
use crate::worker::Promise;
use clap::{Arg, ArgMatches, Command};
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};

/// The commands; `flags` are those of the flow's parameters.
pub(crate) fn commands(flags: impl Fn() -> Vec<Arg>) -> Vec<Command> {
    let format =
        Arg::new("format").long("format").value_parser(clap::value_parser!(FormatArg)).default_value("mermaid");
    let url = || {
        let url = Arg::new("recovery").short('r').long("recovery").value_name("URL").env("FLOWSTONE_RECOVERY");
        url.help("The recovery store").required(true)
    };
    let step = Arg::new("step").long("step").value_name("ID").help("The step's id").required(true);
    let file = Arg::new("file")
        .long("file")
        .value_name("PATH")
        .help("Where to write: the file that the flow names, or flow.lock");
    let with_flags = |command: Command| flags().into_iter().fold(command, Command::arg);
    // A picture needs no parameters. What outputs guarantee is known with them.
    let optional = flags().into_iter().filter(|flag| flag.get_id() != "format").map(|flag| flag.required(false));
    vec![
        Command::new("graph")
            .about("Print the flow's graph; with its parameters also what each output guarantees")
            .args(optional)
            .arg(format),
        with_flags(Command::new("check").about("Say what would become of each step's state in a recovery store"))
            .arg(url()),
        with_flags(Command::new("lock").about("Write down what each step keeps, for `#[locked(…)]`"))
            .arg(file.value_parser(clap::value_parser!(PathBuf))),
        Command::new("state")
            .about("Show what a recovery store holds")
            .arg(url())
            .args_conflicts_with_subcommands(true)
            .subcommand_negates_reqs(true)
            .subcommand(Command::new("dump").about("Print a step's keys and state as JSON lines").arg(url()).arg(step)),
    ]
}

/// Does what the command `word` says. `flow` gives the flow where it is `with_parameters`, as it is for commands that ask for
/// them.
pub(crate) fn run(
    word: &str,
    matches: &ArgMatches,
    graph: &'static Graph,
    flow: &dyn Fn() -> Flow,
    with_parameters: bool,
) -> Result<(), Error> {
    let url = |matches: &ArgMatches| matches.get_one::<String>("recovery").cloned().unwrap_or_default();
    match (word, matches.subcommand()) {
        ("graph", _) => {
            let format = matches.get_one::<FormatArg>("format").copied().unwrap_or(FormatArg::Mermaid);
            // Whoever reads it may have seen enough.
            let notes = if with_parameters { Some(notes(&flow())?) } else { None };
            let _ = writeln!(stdout(), "{}", draw(graph, format, notes).trim_end());
            Ok(())
        }
        ("check", _) => {
            let check = flow().check(&url(matches))?;
            let _ = write!(stdout(), "{check}");
            match check.passes() {
                true => Ok(()),
                false => Err(Error::Config { what: "the flow cannot resume from this store".into() }),
            }
        }
        ("lock", _) => {
            let flow = flow();
            let path = matches.get_one::<PathBuf>("file").cloned();
            write_lock(&flow, &path.unwrap_or_else(|| lock::file(&flow.definition)))
        }
        ("state", Some(("dump", matches))) => {
            let step = matches.get_one::<String>("step").map_or("", String::as_str);
            stored_state::dump(&url(matches), step, &mut stdout().lock())
        }
        _ => stored_state::list(&url(matches), &mut stdout().lock()),
    }
}

fn draw(graph: &Graph, format: FormatArg, notes: Option<Notes>) -> String {
    match (format, notes) {
        (FormatArg::Mermaid, notes) => graph.mermaid(&notes.unwrap_or_default()),
        (FormatArg::Dot, notes) => graph.dot(&notes.unwrap_or_default()),
        (FormatArg::Json, Some(notes)) => graph.json(&notes),
        (FormatArg::Json, None) => graph.to_json(),
    }
}

/// What holds for the flow's ends when it is run with recovery.
fn notes(flow: &Flow) -> Result<Notes, Error> {
    Ok(survey::survey(&flow.definition, &Config::default(), None)?.promises.iter().map(Promise::short).collect())
}

/// Writes the flow's lock.
fn write_lock(flow: &Flow, path: &Path) -> Result<(), Error> {
    std::fs::write(path, flow.lock()?)
        .map_err(|error| Error::Config { what: format!("cannot write {}: {error}", path.display()) })?;
    let _ = writeln!(stdout(), "wrote {}", path.display());
    Ok(())
}
