//! The row of a counting query.

use diesel::{QueryableByName, sql_types::BigInt};

use super::{Error, Result};

/// The row of `SELECT count(*) AS rows`.
#[derive(QueryableByName)]
pub(crate) struct CountRow {
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

impl CountRow {
    /// Returns the number of rows that were counted.
    pub(crate) fn rows(self) -> Result<u64> {
        u64::try_from(self.rows).map_err(Error::internal)
    }
}
