//! The arguments of `audit`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::filter::Filter;
use crate::cli::help;
use crate::cli::thresholds::AskedThresholds;
use crate::cli::values::AnyScope;
use crate::status::Status;

/// `audit`
#[derive(Debug, Args)]
#[command(after_help = help::audit())]
pub struct Audit {
    #[command(flatten)]
    pub(in crate::cli) scope: AnyScope,
    /// What to find, in place of stale keys or among them
    #[arg(long, value_name = "FILTER")]
    pub(super) filter: Option<Filter>,
    #[command(flatten)]
    pub(in crate::cli) thresholds: AskedThresholds,
    /// What exits 14 where it is found
    #[arg(long, value_name = "STATUS,…", value_enum, value_delimiter = ',', hide_possible_values = true)]
    pub(super) fail_on: Vec<FailOn>,
    /// Compare with an earlier JSON document
    #[arg(long, value_name = "FILE")]
    pub(super) since: Option<PathBuf>,
    /// table (without it), plain, json, csv or markdown
    #[arg(long, value_enum, default_value_t = Format::Table, hide_possible_values = true, hide_default_value = true)]
    format: Format,
    /// Print one JSON document
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Print lines with tabs between fields; see below
    #[arg(long, conflicts_with_all = ["format", "json"])]
    plain: bool,
}

/// How it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Table,
    Plain,
    Json,
    Csv,
    #[value(alias = "md")]
    Markdown,
}

/// What makes it fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    Stale,
    #[value(alias = "never-used")]
    Never,
    Idle,
    New,
    Active,
    Unknown,
    Inactive,
    Expired,
    Expiring,
    Any,
    #[value(alias = "nothing")]
    None,
}

impl FailOn {
    /// The status that it names. That a key expires soon is none: it goes with any of a key that works.
    pub(super) fn status(self) -> Option<Status> {
        match self {
            Self::Stale => Some(Status::Stale),
            Self::Never => Some(Status::NeverUsed),
            Self::Idle => Some(Status::Idle),
            Self::New => Some(Status::New),
            Self::Active => Some(Status::Active),
            Self::Unknown => Some(Status::Unknown),
            Self::Inactive => Some(Status::Inactive),
            Self::Expired => Some(Status::Expired),
            Self::Expiring | Self::Any | Self::None => None,
        }
    }
}

impl Audit {
    pub(super) fn format(&self) -> Format {
        match (self.json, self.plain) {
            (true, _) => Format::Json,
            (_, true) => Format::Plain,
            _ => self.format,
        }
    }

    pub(in crate::cli) fn is_plain(&self) -> bool {
        self.format() == Format::Plain
    }
}
