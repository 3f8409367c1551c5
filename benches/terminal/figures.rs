//! Figures, and how they compare with their goals.

use std::fmt::Write as _;
use std::time::Duration;

/// Many values of one thing, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Samples(Vec<f64>);

impl Samples {
    pub(crate) fn add(&mut self, value: f64) {
        let place = self.0.partition_point(|other| *other < value);
        self.0.insert(place, value);
    }

    pub(crate) fn add_time(&mut self, time: Duration) {
        self.add(1e3 * time.as_secs_f64());
    }

    /// Those of both.
    pub(crate) fn join(&mut self, others: &Self) {
        others.0.iter().for_each(|value| self.add(*value));
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn median(&self) -> f64 {
        self.percent(50)
    }

    pub(crate) fn percent(&self, percent: usize) -> f64 {
        let last = self.0.len().saturating_sub(1);
        self.0.get((last * percent + 50) / 100).copied().unwrap_or(f64::NAN)
    }

    pub(crate) fn most(&self) -> f64 {
        self.percent(100)
    }
}

/// One row of the table.
struct Row {
    what: String,
    figure: String,
    goal: String,
    is_met: Option<bool>,
}

/// The table as it grows.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
}

impl Table {
    /// A figure with a goal: at most `goal`.
    pub(crate) fn at_most(&mut self, what: &str, (figure, unit): (f64, &str), goal: f64, more: &str) {
        self.push(
            what,
            format!("{} {unit}{more}", short(figure)),
            format!("<= {} {unit}", short(goal)),
            Some(figure <= goal),
        );
    }

    /// A figure to compare with.
    pub(crate) fn known(&mut self, what: &str, figure: String) {
        self.push(what, figure, String::new(), None);
    }

    fn push(&mut self, what: &str, figure: String, goal: String, is_met: Option<bool>) {
        let row = Row { what: what.to_owned(), figure, goal, is_met };
        eprintln!("{}", row.line());
        self.rows.push(row);
    }

    /// All of it, for Markdown.
    pub(crate) fn markdown(&self) -> String {
        let mut out = "| what | figure | goal | verdict |\n|---|---|---|---|\n".to_owned();
        for row in &self.rows {
            // Writing to a String can't fail.
            let _ = writeln!(out, "{}", row.line());
        }
        out
    }

    pub(crate) fn missed(&self) -> usize {
        self.rows.iter().filter(|row| row.is_met == Some(false)).count()
    }
}

impl Row {
    fn line(&self) -> String {
        let verdict = match self.is_met {
            Some(true) => "met",
            Some(false) => "**missed**",
            None => "",
        };
        format!("| {} | {} | {} | {verdict} |", self.what, self.figure, self.goal)
    }
}

/// With as many digits as mean something.
pub(crate) fn short(value: f64) -> String {
    match value {
        _ if value.fract() == 0.0 => format!("{value:.0}"),
        ..10.0 => format!("{value:.2}"),
        ..100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}
