//! Statements of lists: put together from what is asked for, in one of a few orders, paged by keyset in both directions. A value is
//! bound where it is written, so that nobody counts placeholders by hand.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use contracts::{
    bounds::DayBounds,
    page::{MAX_COUNTED, PagePlace},
};
use diesel::{
    pg::Pg,
    query_builder::{BoxedSqlQuery, SqlQuery},
    serialize::ToSql,
    sql_types::{BigInt, HasSqlType, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{
    Conn, CountRow, Error, Result,
    local_day::{start_of_day, zone_named},
};

/// A statement that grows with what is asked for.
pub(crate) struct Sql {
    query: BoxedSqlQuery<'static, Pg, SqlQuery>,
    binds: usize,
}

impl Sql {
    /// Begins with this text.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { query: diesel::sql_query(text).into_boxed(), binds: 0 }
    }

    /// Adds text without values.
    #[must_use]
    pub(crate) fn push(self, text: &str) -> Self {
        Self { query: self.query.sql(text), ..self }
    }

    /// Adds `$n` and the value it stands for.
    #[must_use]
    pub(crate) fn bind<S, V>(self, value: V) -> Self
    where
        Pg: HasSqlType<S>,
        V: ToSql<S, Pg> + Send + 'static,
        S: Send + 'static,
    {
        let number = format!("${}", self.binds + 1);
        self.push(&number).give::<S, V>(value)
    }

    /// Binds a value that text added later names by its number.
    #[must_use]
    pub(crate) fn give<S, V>(self, value: V) -> Self
    where
        Pg: HasSqlType<S>,
        V: ToSql<S, Pg> + Send + 'static,
        S: Send + 'static,
    {
        Self { query: self.query.bind::<S, V>(value), binds: self.binds + 1 }
    }

    /// Adds what a filter says, if it says anything.
    #[must_use]
    pub(crate) fn when<T>(self, filter: Option<T>, add: impl FnOnce(Self, T) -> Self) -> Self {
        match filter {
            Some(value) => add(self, value),
            None => self,
        }
    }

    /// Leaves those of these days by the time in `column`.
    ///
    /// # Errors
    /// `invalid_input` under `time_zone` for a name that is no zone's.
    pub(crate) fn days(self, column: &str, days: &DayBounds) -> Result<Self> {
        let zone = zone_named(&days.time_zone)?;
        let end = |to: NaiveDate| to.checked_add_days(Days::new(1)).unwrap_or(to);
        let sql = self.when(days.from, |sql, from| {
            sql.push(&format!(" AND {column} >= ")).bind::<Timestamptz, _>(start_of_day(from, zone))
        });
        Ok(sql.when(days.to, |sql, to| {
            sql.push(&format!(" AND {column} < ")).bind::<Timestamptz, _>(start_of_day(end(to), zone))
        }))
    }

    /// Leaves those that hold each of these words, in any case, in one of `columns`.
    #[must_use]
    pub(crate) fn containing_each(self, words: Option<&str>, columns: &[&str]) -> Self {
        let words = words.into_iter().flat_map(str::split_whitespace);
        words.fold(self, |sql, word| sql.push(" AND (").containing(columns, word).push(")"))
    }

    /// Leaves those whose `columns` hold these words, in any case, wherever they stand.
    #[must_use]
    pub(crate) fn containing(self, columns: &[&str], words: &str) -> Self {
        let pattern = contains_pattern(words);
        columns.iter().enumerate().fold(self, |sql, (place, column)| {
            let or = if place > 0 { " OR " } else { "" };
            sql.push(&format!("{or}{column} ILIKE ")).bind::<Text, _>(pattern.clone())
        })
    }

    /// Leaves the rows beyond the edge of the page, and orders and cuts them: at most `most`.
    pub(crate) fn page(self, keyset: Keyset, edge: Edge, id: &str, most: usize) -> Result<Self> {
        let down = keyset.down != edge.is_backwards();
        let (beyond, way) = if down { ("<", "DESC") } else { (">", "ASC") };
        let columns: Vec<&str> = keyset.columns.iter().map(|(column, _)| *column).chain([id]).collect();
        let sql = self.when(edge.keys, |sql, (keys, last)| {
            let sql = sql.push(&format!(" AND ({}) {beyond} (", columns.join(", ")));
            let sql = keys.into_iter().fold(sql, |sql, key| key.bind(sql).push(", "));
            sql.bind::<SqlUuid, _>(last).push(")")
        });
        let order = columns.join(&format!(" {way}, "));
        let most = i64::try_from(most).map_err(Error::internal)?;
        Ok(sql.push(&format!(" ORDER BY {order} {way} LIMIT ")).bind::<BigInt, _>(most))
    }

    /// The rows.
    pub(crate) async fn load<R>(self, conn: &mut Conn) -> Result<Vec<R>>
    where
        R: diesel::deserialize::QueryableByName<Pg> + Send + 'static,
    {
        Ok(self.query.load(conn).await?)
    }

    /// How many rows there are, counted as far as lists count.
    pub(crate) async fn count(self, conn: &mut Conn) -> Result<u64> {
        let counted: CountRow =
            self.push(&format!(" LIMIT {}) counted", MAX_COUNTED + 1)).query.get_result(conn).await?;
        counted.rows()
    }
}

/// Begins the statement that [`Sql::count`] ends.
pub(crate) const COUNT: &str = "SELECT count(*) AS rows FROM (SELECT ";

/// A pattern for `ILIKE` that finds `text` itself, wherever it stands.
pub(crate) fn contains_pattern(text: &str) -> String {
    let plain = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{plain}%")
}

/// What rows are sorted by before their id.
#[derive(Clone, Copy)]
pub(crate) struct Keyset {
    /// Expressions and what they are.
    pub(crate) columns: &'static [(&'static str, KeyKind)],
    /// Largest first.
    pub(crate) down: bool,
}

/// What a sort key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
    /// A point in time.
    Time,
    /// A text.
    Text,
    /// A whole number.
    Number,
}

/// A row's value of one sort key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// A point in time.
    Time(DateTime<Utc>),
    /// A text.
    Text(String),
    /// A whole number.
    Number(i64),
}

impl Key {
    fn bind(self, sql: Sql) -> Sql {
        match self {
            Self::Time(at) => sql.bind::<Timestamptz, _>(at),
            Self::Text(text) => sql.bind::<Text, _>(text),
            Self::Number(number) => sql.bind::<BigInt, _>(number),
        }
    }

    fn write(&self) -> String {
        match self {
            Self::Time(at) => at.timestamp_micros().to_string(),
            Self::Text(text) => BASE64_URL_SAFE_NO_PAD.encode(text),
            Self::Number(number) => number.to_string(),
        }
    }

    fn read(kind: KeyKind, text: &str) -> Option<Self> {
        match kind {
            KeyKind::Time => {
                let at = DateTime::from_timestamp_micros(text.parse().ok()?)?;
                // PostgreSQL knows fewer years than chrono
                (1..=9999).contains(&at.year()).then_some(Self::Time(at))
            }
            KeyKind::Text => {
                let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
                (!text.contains('\0')).then_some(Self::Text(text))
            }
            KeyKind::Number => text.parse().ok().map(Self::Number),
        }
    }
}

/// The cursor of a row: its sort keys and its id.
pub(crate) fn write_cursor(keys: &[Key], id: Uuid) -> String {
    keys.iter().map(Key::write).chain([id.to_string()]).collect::<Vec<_>>().join(".")
}

/// The row that a page lies after, or before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    keys: Option<(Vec<Key>, Uuid)>,
    place: PagePlace,
}

impl Edge {
    /// The beginning of the list.
    pub(crate) const FIRST: Self = Self { keys: None, place: PagePlace::First };

    /// Reads the cursors of a query; `after` wins. An empty one is none.
    ///
    /// # Errors
    /// `invalid_input` under `after` or `before` for what is no cursor of this order.
    pub(crate) fn read(keyset: Keyset, after: Option<&str>, before: Option<&str>) -> Result<Self> {
        let non_empty = |cursor: Option<&str>| cursor.filter(|cursor| !cursor.is_empty()).map(str::to_owned);
        let (cursor, place, field) = match (non_empty(after), non_empty(before)) {
            (Some(after), _) => (after, PagePlace::After, "after"),
            (None, Some(before)) => (before, PagePlace::Before, "before"),
            (None, None) => return Ok(Self::FIRST),
        };
        let keys = read_cursor(keyset, &cursor).ok_or_else(|| {
            Error::invalid_field(field, "This page link has expired. Go back to the first page.")
        })?;
        Ok(Self { keys: Some(keys), place })
    }

    /// Where the page lies.
    pub(crate) const fn place(&self) -> PagePlace {
        self.place
    }

    fn is_backwards(&self) -> bool {
        self.place == PagePlace::Before
    }
}

fn read_cursor(keyset: Keyset, cursor: &str) -> Option<(Vec<Key>, Uuid)> {
    let mut words = cursor.split('.');
    let keys =
        keyset.columns.iter().map(|(_, kind)| Key::read(*kind, words.next()?)).collect::<Option<Vec<_>>>()?;
    let id = words.next()?.parse().ok()?;
    words.next().is_none().then_some((keys, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BY_TIME: Keyset = Keyset { columns: &[("created_at", KeyKind::Time)], down: true };
    const BY_AMOUNT: Keyset =
        Keyset { columns: &[("currency", KeyKind::Text), ("total_minor", KeyKind::Number)], down: false };

    #[test]
    fn a_cursor_reads_back_in_its_order_and_nothing_else_does() {
        let id = Uuid::from_u128(7);
        let at = DateTime::from_timestamp_micros(1_772_442_000_123_456).unwrap();
        let by_time = write_cursor(&[Key::Time(at)], id);
        assert_eq!(by_time, format!("1772442000123456.{id}"));
        let edge = Edge::read(BY_TIME, Some(&by_time), Some("x")).unwrap();
        assert_eq!(edge, Edge { keys: Some((vec![Key::Time(at)], id)), place: PagePlace::After });
        let by_amount = write_cursor(&[Key::Text("Zürich.".into()), Key::Number(-5)], id);
        let edge = Edge::read(BY_AMOUNT, None, Some(&by_amount)).unwrap();
        assert_eq!(edge.keys, Some((vec![Key::Text("Zürich.".into()), Key::Number(-5)], id)));
        assert!(edge.is_backwards());
        assert_eq!(Edge::read(BY_TIME, Some(""), None).unwrap(), Edge::FIRST);
        let at_the_end_of_time = [i64::MAX, i64::MIN, 8_210_266_876_799_000_000, -62_167_219_200_000_001]
            .map(|micros| format!("{micros}.{id}"));
        let wrong = ["x", "1", "1.x", "x.7", &by_amount];
        for wrong in wrong.into_iter().chain(at_the_end_of_time.iter().map(String::as_str)) {
            assert!(
                Edge::read(BY_TIME, Some(wrong), None).unwrap_err().fields.get("after").is_some(),
                "{wrong}"
            );
        }
        assert!(Edge::read(BY_AMOUNT, None, Some(&by_time)).unwrap_err().fields.get("before").is_some());
    }

    #[test]
    fn signs_of_the_pattern_language_are_found_as_themselves() {
        assert_eq!(contains_pattern("50%_a\\b"), "%50\\%\\_a\\\\b%");
    }
}
