//! The command line: subcommands, options and their help.

use std::path::PathBuf;

use attache::EntityKind;
use attache::render::Offsets;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// More threads than any machine has cores; systems take minutes to start, or refuse, many more.
const MOST_THREADS: i64 = 1024;

const EXIT_CODES: &str = "\
Exit codes:
  0    done; also where the reader of the output has gone (| head)
  1    done, but lines or files were broken and passed over; or what was checked would not load
  2    the command line is wrong
  3    a file, a line or a model is broken or missing, and the work stopped there
  130  ended by Ctrl-C, between two lines";

const EXAMPLES: &str = "\
Examples:
  attache label article.txt
  attache label --format html --kinds all *.txt --output report.html
  attache label --jsonl --format jsonl news.jsonl --on-error skip > labelled.jsonl
  attache evaluate gold.conll --pred answer.conll
  attache gazetteer check names.tsv
  attache completions bash > /etc/bash_completion.d/attache";

const LABEL_EXAMPLES: &str = "\
Examples:
  attache label article.txt                   the text with its names marked, and tables
  attache label a.txt b.txt --format html > page.html
  echo 'Poland called NATO.' | attache label --format conll
  attache label --jsonl --format jsonl --id-field url --text-field body < news.jsonl
  attache label --kinds country,treaty --min-score 0.8 --format tsv article.txt
  attache label --gazetteer names.tsv --gazetteer-only article.txt";

const EVALUATE_EXAMPLES: &str = "\
Examples:
  attache evaluate gold.conll --pred answer.conll    another program's answer
  attache evaluate gold.txt --format notation        attache itself: model, gazetteer, and both
  attache evaluate gold.jsonl --kinds country,treaty --worst 20

Formats: conll (a word and its label a line; BIO, BIOES or IOB1), jsonl (as `attache label --format jsonl` writes),
notation (a sentence a line, marked as in: [Poland](Country=PL) called [NATO](Organisation).)";

/// Labels people, countries, organisations and treaties in English news.
#[derive(Debug, Parser)]
#[command(name = "attache", bin_name = "attache", version, max_term_width = 100, after_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Label texts: each file is a document, or with --jsonl each line.
    #[command(after_help = format!("{LABEL_EXAMPLES}\n\n{EXIT_CODES}"))]
    Label(LabelArguments),
    /// Score an answer against gold; without --pred, attache's own.
    #[command(after_help = format!("{EVALUATE_EXAMPLES}\n\n{EXIT_CODES}"))]
    Evaluate(EvaluateArguments),
    /// Work on gazetteers.
    #[command(subcommand)]
    Gazetteer(GazetteerCommand),
    /// Work on models.
    #[command(subcommand)]
    Model(ModelCommand),
    /// Write the completions of a shell.
    Completions {
        /// The shell that is to complete.
        shell: clap_complete::Shell,
    },
    /// Write the manual page of attache, or of one of its commands.
    Man {
        /// The command, as in: attache man label.
        command: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum GazetteerCommand {
    /// Say whether a table would load, else everything that is wrong with it.
    Check {
        /// Tab-separated lines under the header `name kind id case`; `case` may be left out.
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModelCommand {
    /// Say whether a model would load and run, else everything that is wrong with it.
    Check {
        /// A folder that holds config.json, tokenizer.json or vocab.txt, and model.safetensors.
        dir: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct LabelArguments {
    /// Texts in UTF-8; `-`, or no file, is standard input.
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Read one JSON object a line, each a document.
    #[arg(long)]
    pub(crate) jsonl: bool,
    /// The field that holds a document's identifier, a string or a number; may be missing from a line.
    #[arg(long, value_name = "NAME", default_value = "id", requires = "jsonl")]
    pub(crate) id_field: String,
    /// The field that holds a document's text.
    #[arg(long, value_name = "NAME", default_value = "text", requires = "jsonl")]
    pub(crate) text_field: String,
    /// What to write; html holds all documents in memory, the others stream.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Where to write, instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// What start and end count in json, jsonl and tsv: byte (Rust), char (Python) or utf16 (JavaScript).
    #[arg(long, value_enum, default_value_t = OffsetsArgument::Byte)]
    pub(crate) offsets: OffsetsArgument,
    /// What a broken line, or a file that cannot be read, does.
    #[arg(long, value_enum, default_value_t = OnError::Fail)]
    pub(crate) on_error: OnError,
    /// Kinds to label, parted by commas, or `all`.
    #[arg(long, value_parser = read_kinds, default_value = "person,country,organisation,treaty")]
    pub(crate) kinds: Kinds,
    #[command(flatten)]
    pub(crate) recognizer: RecognizerArguments,
}

#[derive(Debug, Args)]
pub(crate) struct EvaluateArguments {
    /// What is true.
    pub(crate) gold: PathBuf,
    /// What was answered, document by document in the order of GOLD; nothing is labelled then.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["min_score", "gazetteer_only", "gazetteer", "model", "threads"])]
    pub(crate) pred: Option<PathBuf>,
    /// The format of both files; else by the file's name: .jsonl, .conll (.bio, .iob), notation for all others.
    #[arg(long, value_enum)]
    pub(crate) format: Option<GoldFormat>,
    /// What start and end count in jsonl.
    #[arg(long, value_enum, default_value_t = OffsetsArgument::Byte)]
    pub(crate) offsets: OffsetsArgument,
    /// Kinds to score, parted by commas, or `all`.
    #[arg(long, value_parser = read_kinds, default_value = "all")]
    pub(crate) kinds: Kinds,
    /// How many of the worst documents to show.
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(crate) worst: usize,
    #[command(flatten)]
    pub(crate) recognizer: RecognizerArguments,
}

/// What labels the texts.
#[derive(Debug, Args)]
pub(crate) struct RecognizerArguments {
    /// Leave out mentions with a lower score, from 0 to 1.
    #[arg(long, value_name = "SCORE", default_value_t = 0.0, value_parser = read_score)]
    pub(crate) min_score: f32,
    /// Label without a model: less is found, hundreds of times as fast.
    #[arg(long)]
    pub(crate) gazetteer_only: bool,
    /// Names of your own, beside the built-in ones; may be given several times.
    #[arg(long, value_name = "FILE")]
    pub(crate) gazetteer: Vec<PathBuf>,
    /// A model of your own, instead of the built-in one.
    #[arg(long, value_name = "DIR", conflicts_with = "gazetteer_only")]
    pub(crate) model: Option<PathBuf>,
    /// Threads to use, instead of one for each core.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS))]
    pub(crate) threads: Option<u16>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// The text with its names marked, and tables of them.
    Text,
    /// An indented object; a list of them for several files and for --jsonl.
    Json,
    /// One object a line.
    Jsonl,
    /// A word and its BIO label a line.
    Conll,
    /// A page for a browser.
    Html,
    /// A mention a line.
    Tsv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GoldFormat {
    Conll,
    Jsonl,
    Notation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnError {
    /// Report it and go on; the exit code is 1.
    Skip,
    /// Report it and stop; the exit code is 3.
    Fail,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OffsetsArgument {
    Byte,
    Char,
    Utf16,
}

impl From<OffsetsArgument> for Offsets {
    fn from(argument: OffsetsArgument) -> Self {
        match argument {
            OffsetsArgument::Byte => Self::Byte,
            OffsetsArgument::Char => Self::Char,
            OffsetsArgument::Utf16 => Self::Utf16,
        }
    }
}

/// The kinds asked for; a type of its own, since clap takes a `Vec` for an option given several times.
#[derive(Debug, Clone)]
pub(crate) struct Kinds(pub(crate) Vec<EntityKind>);

fn read_kinds(list: &str) -> Result<Kinds, attache::Error> {
    if list.eq_ignore_ascii_case("all") {
        return Ok(Kinds(EntityKind::ALL.to_vec()));
    }
    let kinds: Result<Vec<EntityKind>, attache::Error> = list.split(',').map(|name| name.trim().parse()).collect();
    kinds.map(Kinds)
}

fn read_score(score: &str) -> Result<f32, String> {
    let read: Option<f32> = score.parse().ok();
    read.filter(|score| (0.0..=1.0).contains(score)).ok_or_else(|| "expected a number from 0 to 1".to_owned())
}
