//! The command `attache`: labels texts, scores answers against gold, checks gazetteers and models.
//!
//! Every subcommand ends with an exit code of [`failure`], and says what is wrong in one line on standard error.

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use arguments::{Arguments, Command, GazetteerCommand, ModelCommand};
use failure::Failure;

mod arguments;
mod check;
mod evaluate;
mod failure;
mod format;
mod input;
mod label;
mod line;
mod order;
mod output;
mod progress;
mod recognizer;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return report(&error),
    };
    run(arguments.command).unwrap_or_else(Failure::report)
}

fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Label(arguments) => label::run(arguments),
        Command::Evaluate(arguments) => evaluate::run(&arguments),
        Command::Gazetteer(GazetteerCommand::Check { file }) => check::gazetteer(&file),
        Command::Model(ModelCommand::Check { dir }) => check::model(&dir),
        Command::Completions { shell } => completions(shell),
        Command::Man { command } => manual(command.as_deref()),
    }
}

/// Shows help and version as clap does, and what is wrong with the command line in one line.
fn report(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(failure::USAGE))
        }
        _ => {
            let message = error.to_string();
            let first = message.trim_start_matches("error: ").split("\n\n").next().unwrap_or_default();
            let words: Vec<&str> = first.split_whitespace().collect();
            Failure::usage(format!("{}; see attache --help", words.join(" "))).report()
        }
    }
}

fn completions(shell: clap_complete::Shell) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "attache", &mut script);
    output::Output::open(None)?.write(&script).map(|()| ExitCode::SUCCESS)
}

fn manual(name: Option<&str>) -> Result<ExitCode, Failure> {
    let mut attache = Arguments::command();
    attache.build();
    let command = match name {
        Some(name) => attache
            .find_subcommand(name)
            .cloned()
            .ok_or_else(|| Failure::usage(format!("there is no command {name:?}; see attache --help")))?,
        None => attache,
    };
    let mut page = Vec::new();
    let rendered = clap_mangen::Man::new(command).render(&mut page);
    rendered.map_err(|error| Failure::writing("the manual page", &error))?;
    output::Output::open(None)?.write(&page).map(|()| ExitCode::SUCCESS)
}
