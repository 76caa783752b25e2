//! Figures of the dashboards and the public totals of the market. The services compute them; nothing here counts anything.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    identity::OrganisationKind,
    ids::{OrgId, PurchaseId},
    money::Money,
};

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

/// The figure of a dashboard tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Figure {
    /// A number of records.
    Count(i64),
    /// An amount in one currency.
    Money(Money),
}

/// A dashboard tile: one figure with a link to the rows it counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tile {
    /// Name of the figure.
    pub label: String,
    /// Value of the figure.
    pub figure: Figure,
    /// Path of the list with the counted rows.
    pub href: String,
    /// Period of the figure, or what it leaves out.
    pub note: String,
    /// Sums in other currencies than that of the figure, largest first.
    pub besides: Vec<Money>,
    /// Value of the figure for each of the last twelve periods of 30 days, oldest first; amounts in minor units. The last
    /// value is the figure itself. Empty for a figure of the present moment.
    pub course: Vec<i64>,
}

impl Tile {
    /// Returns the value of the previous 30 days; `None` when there is no course.
    pub fn before(&self) -> Option<i64> {
        self.course.len().checked_sub(2).and_then(|place| self.course.get(place)).copied()
    }
}

/// A chart of the last twelve months, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Months {
    /// Title of the chart.
    pub title: String,
    /// Name of the series.
    pub series: String,
    /// First days of the months, in the time zone of the organisation.
    pub starts: Vec<NaiveDate>,
    /// Values, one per month.
    pub values: Vec<i64>,
}

/// A task on a dashboard that waits for a member of the organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WorkItem {
    /// A purchase that awaits payment.
    Pay {
        /// The purchase.
        purchase_id: PurchaseId,
        /// Purchase number.
        number: String,
        /// Client the purchase was made for.
        client: Option<String>,
        /// End of the reservation.
        until: DateTime<Utc>,
        /// True when the reservation has ended and the payment provider has not reported the outcome yet.
        is_over: bool,
    },
    /// Certificates that expire soon.
    Redeem {
        /// The purchase they belong to.
        purchase_id: PurchaseId,
        /// Title of the service.
        title: String,
        /// Number of certificates not redeemed yet.
        count: u64,
        /// End of validity of the first.
        until: DateTime<Utc>,
    },
    /// An organisation that waits for verification.
    Verify {
        /// The organisation.
        org_id: OrgId,
        /// Its name.
        name: String,
        /// Its kind.
        kind: OrganisationKind,
        /// ISO 3166-1 alpha-2.
        country: String,
        /// Time of sign-up.
        since: DateTime<Utc>,
    },
}

impl WorkItem {
    /// Returns the deadline, or the time since which the task waits.
    pub const fn at(&self) -> DateTime<Utc> {
        match self {
            Self::Pay { until, .. } | Self::Redeem { until, .. } => *until,
            Self::Verify { since, .. } => *since,
        }
    }
}

/// Dashboard of a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DashboardView {
    /// Four to six figures.
    pub tiles: Vec<Tile>,
    /// Chart of the last twelve months.
    pub months: Months,
    /// Heading of the work list.
    pub work_title: String,
    /// Text for an empty work list.
    pub work_empty: String,
    /// Waiting tasks, most urgent first.
    pub work: Vec<WorkItem>,
}
