//! The flags that every flow's command line has, each with an environment variable.

use crate::base::error::Error;
use crate::exec::engine::Config;
use clap::{Args, ValueEnum};
use std::time::Duration;

/// The flags that every flow has. A program with a command line of its own flattens them into it:
///
/// ```
/// use clap::Parser;
/// use flowstone::RunArgs;
///
/// #[derive(Parser)]
/// struct MyArgs {
///     #[arg(long, default_value = "3")]
///     count: u64,
///     #[command(flatten)]
///     run: RunArgs,
/// }
///
/// let args = MyArgs::parse_from(["program", "-w", "2", "--count", "5"]);
/// let config = args.run.config().unwrap();
/// # let _ = (args.count, config);
/// ```
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Running")]
pub struct RunArgs {
    /// Worker threads in this process
    #[arg(short = 'w', long, value_name = "N", default_value_t = 1, env = "FLOWSTONE_WORKERS")]
    workers: usize,

    /// Processes of the cluster
    #[arg(short = 'n', long, value_name = "N", default_value_t = 1, env = "FLOWSTONE_PROCESSES")]
    processes: usize,

    /// Which process of the cluster this is, from 0
    #[arg(short = 'i', long, value_name = "ID", default_value_t = 0, env = "FLOWSTONE_PROCESS")]
    process: usize,

    /// The address of each process, the same list for all
    #[arg(short = 'a', long, value_name = "HOST:PORT,…", value_delimiter = ',', env = "FLOWSTONE_ADDRESSES")]
    addresses: Vec<String>,

    /// How long to wait at startup for the other processes
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = humantime::parse_duration, env = "FLOWSTONE_PEER_TIMEOUT")]
    peer_timeout: Duration,

    /// Store snapshots there and resume from the newest: a directory or s3://BUCKET/PREFIX
    #[arg(short = 'r', long, value_name = "URL", env = "FLOWSTONE_RECOVERY")]
    recovery: Option<String>,

    /// Discard this step's state in the recovery store
    #[arg(long, value_name = "ID")]
    drop_state: Vec<String>,

    /// Say at the start what the flow goes on from and what each output guarantees
    #[arg(short = 'v', long)]
    verbose: bool,

    /// How long an epoch lasts: outputs commit at its end; 0s makes every batch one
    #[arg(short = 's', long, value_name = "DURATION", default_value = "10s", value_parser = humantime::parse_duration, env = "FLOWSTONE_SNAPSHOT_INTERVAL")]
    snapshot_interval: Duration,
}

impl RunArgs {
    /// The configuration that the flags ask for, with signals handled and a progress bar on a terminal.
    ///
    /// # Errors
    /// Where flags contradict each other: `-n 2` without two addresses.
    pub fn config(&self) -> Result<Config, Error> {
        let mut config = Config::default()
            .workers(self.workers)
            .snapshot_interval(self.snapshot_interval)
            .peer_timeout(self.peer_timeout)
            .handle_signals()
            .show_progress();
        config = self.drop_state.iter().fold(config, Config::drop_state);
        if self.verbose {
            config = config.verbose();
        }
        if let Some(url) = &self.recovery {
            config = config.recovery(url);
        }
        if self.processes > 1 || self.addresses.len() > 1 {
            if self.addresses.len() != self.processes {
                let (processes, given) = (self.processes, self.addresses.len());
                return Err(Error::Config {
                    what: format!(
                        "-n {processes} needs {processes} addresses, {given} given; write -a HOST:PORT,HOST:PORT,… with one for each process"
                    ),
                });
            }
            config = config.cluster(self.process, self.addresses.clone());
        } else if self.process > 0 {
            let what = format!("-i {} needs -n and -a: this is not a cluster", self.process);
            return Err(Error::Config { what });
        }
        config.check()?;
        Ok(config)
    }
}

/// How `graph` draws a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FormatArg {
    /// For Markdown pages.
    Mermaid,
    /// For Graphviz.
    Dot,
    /// For programs.
    Json,
}
