//! Figures of dashboards and the public totals.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::money::Money;

/// Public totals of the market.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlatformStats {
    /// Published services.
    pub services: i64,
    /// Verified providers.
    pub providers: i64,
    /// Countries of the verified providers.
    pub countries: i64,
    /// Certificates ever issued.
    pub certificates_issued: i64,
    /// Certificates redeemed.
    pub certificates_redeemed: i64,
    /// Entries of the transparency log.
    pub log_size: i64,
}

/// A figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Figure {
    /// Things.
    Count(i64),
    /// Money.
    Money(Money),
}

/// One tile: a figure and the rows behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tile {
    /// What is counted.
    pub label: String,
    /// How much.
    pub figure: Figure,
    /// Where the rows are.
    pub href: String,
    /// Over which time, or what is left out.
    pub note: String,
    /// The same for each 30 days of the last 360, oldest first, for what happens over time; minor units for money. The last is
    /// the figure itself.
    pub course: Vec<i64>,
}

impl Tile {
    /// The value of the 30 days before the last 30 days.
    pub fn before(&self) -> Option<i64> {
        self.course.len().checked_sub(2).and_then(|place| self.course.get(place)).copied()
    }
}

/// The last twelve months, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Months {
    /// What is shown.
    pub title: String,
    /// The series' name.
    pub series: String,
    /// `Nov 2026`.
    pub labels: Vec<String>,
    /// How many in each month.
    pub values: Vec<i64>,
}

/// Something that waits for somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkItem {
    /// What.
    pub title: String,
    /// More about it.
    pub note: String,
    /// Where it is done.
    pub href: String,
    /// What the time means: "Pay before", "Waiting since".
    pub at_label: String,
    /// Since when, or until when.
    pub at: DateTime<Utc>,
}

/// A role's dashboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DashboardView {
    /// Four to six figures.
    pub tiles: Vec<Tile>,
    /// The year behind.
    pub months: Months,
    /// Heading of the work list.
    pub work_title: String,
    /// What to say when nothing waits.
    pub work_empty: String,
    /// What waits, most urgent first.
    pub work: Vec<WorkItem>,
}
