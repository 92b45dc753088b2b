//! The command line of a flow: `page_hits::main()`.

use super::args::RunArgs;
use super::tools;
use crate::base::error::Error;
use crate::base::graph::Graph;
use crate::exec::engine::{Flow, Report, end_with_flow};
use clap::{Arg, ArgMatches, Command, FromArgMatches};
use std::fmt::Display;
use std::process::{ExitCode, Termination};
use std::str::FromStr;

/// What a flow's parameter says of itself on the command line.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name: the flag is `--name`, with dashes for underscores.
    pub name: &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// The text it has when the flag is left out.
    pub default: Option<&'static str>,
}

/// A flow as a program. The macro implements it for the type that has the flow's name.
pub trait Main {
    /// The flow's parameters, as a tuple.
    type Parameters;
    /// The flow's graph.
    const GRAPH: &'static Graph;
    /// What the parameters say of themselves.
    const PARAMETERS: &'static [Parameter];

    /// The flow with its parameters.
    fn flow(parameters: Self::Parameters) -> Flow;

    /// Reads the command line, runs the flow, and says how it ended.
    ///
    /// The parameters are flags: `--name VALUE`, by the doc comments of the flow. With them go the flags of
    /// [`RunArgs`], and the commands `graph`, which draws the flow, `check`, which compares it with a recovery store, `lock`, which
    /// writes down what its steps keep, and `state`, which shows what a store holds.
    #[must_use = "return it from your own `main`, so that a failure gives an exit code"]
    fn main() -> Exit
    where
        Self::Parameters: FromCommandLine,
    {
        let matches = command::<Self::Parameters>(Self::GRAPH, Self::PARAMETERS).get_matches();
        let read = |matches: &ArgMatches| Self::flow(Self::Parameters::read(Self::PARAMETERS, matches));
        if let Some((word, matches)) = matches.subcommand() {
            let given = |parameter: &Parameter| matches.try_contains_id(parameter.name).unwrap_or(false);
            // `graph` has a flag of that name itself.
            let with_parameters =
                Self::PARAMETERS.iter().all(|parameter| parameter.name != "format" && given(parameter));
            let done = tools::run(word, matches, Self::GRAPH, &|| read(matches), with_parameters);
            return Exit(done.map(|()| Report::default()));
        }
        let run = RunArgs::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        let flow = read(&matches);
        end_with_flow();
        Exit(run.config().and_then(|config| flow.run(&config)))
    }
}

fn command<P: FromCommandLine>(graph: &'static Graph, parameters: &'static [Parameter]) -> Command {
    let command = Command::new(graph.name).args_conflicts_with_subcommands(true);
    let command = P::flags(parameters).into_iter().fold(command, Command::arg);
    // The flags bring the docs of their struct along as the program's own.
    let command = <RunArgs as clap::Args>::augment_args(command).about(graph.doc).long_about(None);
    tools::commands(|| P::flags(parameters)).into_iter().fold(command, Command::subcommand)
}

/// Parameters that a command line can give: a tuple of types that implement `FromStr` (with an error that can be shown).
#[diagnostic::on_unimplemented(
    message = "a command line has no place for all parameters of this flow: each must implement `FromStr`",
    note = "implement `FromStr`, or write a `main` of your own: `my_flow(…).run(&config)`, with `flowstone::RunArgs` for the usual flags"
)]
pub trait FromCommandLine: Sized {
    #[doc(hidden)]
    fn flags(parameters: &'static [Parameter]) -> Vec<Arg>;
    #[doc(hidden)]
    fn read(parameters: &'static [Parameter], matches: &ArgMatches) -> Self;
}

fn flag<T>(parameter: &'static Parameter) -> Arg
where
    T: FromStr<Err: Display> + Clone + Send + Sync + 'static,
{
    let parse = |text: &str| T::from_str(text).map_err(|error| error.to_string());
    let arg = Arg::new(parameter.name)
        .long(parameter.name.replace('_', "-"))
        .value_name(parameter.name.to_uppercase())
        .help(parameter.doc)
        .value_parser(parse);
    match parameter.default {
        Some(default) => arg.default_value(default),
        None => arg.required(true),
    }
}

macro_rules! tuples {
    ($(($($T:ident $at:tt),*))*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($T: FromStr<Err: Display> + Clone + Send + Sync + 'static),*> FromCommandLine for ($($T,)*) {
            fn flags(parameters: &'static [Parameter]) -> Vec<Arg> {
                vec![$(flag::<$T>(&parameters[$at])),*]
            }

            // Clap has checked by now that every flag is there and can be parsed.
            fn read(parameters: &'static [Parameter], matches: &ArgMatches) -> Self {
                ($(matches
                    .get_one::<$T>(parameters[$at].name)
                    .cloned()
                    .unwrap_or_else(|| unreachable!("`{}` is required or has a default", parameters[$at].name)),)*)
            }
        }
    )*};
}

#[diagnostic::do_not_recommend]
impl FromCommandLine for () {
    fn flags(_parameters: &'static [Parameter]) -> Vec<Arg> {
        Vec::new()
    }

    fn read(_parameters: &'static [Parameter], _matches: &ArgMatches) -> Self {}
}

tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
}

/// How a program ends: with what its outputs say on standard error and exit code 0, or with the error, its causes and what to
/// do on standard error and exit code 1.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow numbers(out: TestSink<u64>) {
///         input("numbers", iter(1..=3)) -> output("out", out);
///     }
/// }
///
/// fn main() -> flowstone::Exit {
///     numbers(TestSink::new()).run(&Config::default()).into()
/// }
/// ```
pub struct Exit(Result<Report, Error>);

impl From<Result<Report, Error>> for Exit {
    fn from(result: Result<Report, Error>) -> Self {
        Exit(result)
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        match self.0 {
            Ok(report) => {
                report.lines().iter().for_each(|line| eprintln!("{line}"));
                ExitCode::SUCCESS
            }
            Err(error) => {
                eprintln!("error: {}", error.report());
                ExitCode::FAILURE
            }
        }
    }
}
