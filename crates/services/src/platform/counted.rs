//! How many rows a list has.

use diesel::{QueryableByName, sql_types::BigInt};

use super::{Error, Result};

/// The answer to `SELECT count(*) AS rows`.
#[derive(QueryableByName)]
pub(crate) struct Counted {
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

impl Counted {
    /// So many.
    pub(crate) fn rows(self) -> Result<u64> {
        u64::try_from(self.rows).map_err(Error::internal)
    }
}
