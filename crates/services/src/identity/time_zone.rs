//! Time zones of organisations: which one a country has, and the table of offsets with which pages write times. An organisation that has
//! chosen none keeps the time of its country.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, Datelike, NaiveDate, Offset, Utc};
use chrono_tz::{OffsetName, TZ_VARIANTS, Tz};
use contracts::{
    formats::{OffsetChange, TimeZone},
    identity::TimeZoneSetting,
    ids::OrgId,
    permission::Permission,
};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::organisations;

use crate::{
    Error, OpCtx, Result,
    platform::{Conn, events::IdentityEvent},
};

/// Country and zone, a line each; of several zones the one most people live in.
const COUNTRY_ZONES: &str = include_str!("country_zones.txt");

/// Pages write local time this many years back and ahead; certificates are good for five years.
const YEARS_BACK: i32 = 3;
const YEARS_AHEAD: i32 = 6;

const DAY: i64 = 86_400;

/// Returns the chosen zone, else the country's, else UTC.
pub(super) fn zone_of(chosen: Option<&str>, country: &str) -> Tz {
    let of_country = || {
        COUNTRY_ZONES
            .lines()
            .find_map(|line| line.split_once(' ').filter(|(code, _)| *code == country)?.1.parse().ok())
    };
    chosen.and_then(|name| name.parse().ok()).or_else(of_country).unwrap_or(Tz::UTC)
}

/// Returns the time zone in which the pages of an organisation are written.
pub(crate) async fn time_zone_of(conn: &mut Conn, org_id: OrgId) -> Result<Tz> {
    let columns = (organisations::time_zone, organisations::country);
    let (chosen, country): (Option<String>, String) =
        organisations::table.find(org_id).select(columns).first(conn).await?;
    Ok(zone_of(chosen.as_deref(), &country))
}

/// Names of the zones an organisation may choose, by region and place; UTC first.
fn time_zone_names() -> Vec<&'static str> {
    const REGIONS: [&str; 10] = [
        "Africa/",
        "America/",
        "Antarctica/",
        "Arctic/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    ];
    let places = TZ_VARIANTS.iter().map(|zone| zone.name());
    let places = places.filter(|name| REGIONS.iter().any(|region| name.starts_with(region)));
    std::iter::once(Tz::UTC.name()).chain(places).collect()
}

#[derive(Default)]
struct Tables(Mutex<HashMap<(String, i32), TimeZone>>);

/// Returns the offsets of a zone for the years that pages show. UTC for a name that is no zone's.
pub fn time_zone_table(ctx: &OpCtx, name: &str) -> TimeZone {
    let zone: Tz = name.parse().unwrap_or(Tz::UTC);
    let year = ctx.now().year();
    let tables = ctx.platform().db.caches().of::<Tables>();
    let mut tables = tables.0.lock().unwrap_or_else(PoisonError::into_inner);
    tables.entry((zone.name().to_owned(), year)).or_insert_with(|| table_of(zone, year)).clone()
}

fn table_of(zone: Tz, year: i32) -> TimeZone {
    let (Some(start), Some(until)) = (new_year(year - YEARS_BACK), new_year(year + YEARS_AHEAD)) else {
        return TimeZone::default();
    };
    if zone == Tz::UTC {
        return TimeZone::default();
    }
    let mut changes: Vec<OffsetChange> = offset_at(zone, start).into_iter().collect();
    let mut day = start;
    while day < until {
        let (before, after) = (offset_at(zone, day), offset_at(zone, day + DAY));
        if !is_same(before.as_ref(), after.as_ref()) {
            changes.extend(first_after(zone, day, day + DAY));
        }
        day += DAY;
    }
    TimeZone { name: zone.name().to_owned(), changes, until }
}

/// Seconds since the epoch at the start of a year, in UTC.
fn new_year(year: i32) -> Option<i64> {
    Some(NaiveDate::from_ymd_opt(year, 1, 1)?.and_hms_opt(0, 0, 0)?.and_utc().timestamp())
}

fn offset_at(zone: Tz, at: i64) -> Option<OffsetChange> {
    let local = DateTime::<Utc>::from_timestamp(at, 0)?.with_timezone(&zone);
    let minutes = i16::try_from(local.offset().fix().local_minus_utc() / 60).ok()?;
    // zones without letters have their offset for a name, "+03", or none
    let abbreviation = match local.offset().abbreviation() {
        Some(letters) if !letters.starts_with(['+', '-']) => letters.to_owned(),
        Some(numbers) => format!("UTC{numbers}"),
        None => format!("UTC{}", local.format("%:z")).trim_end_matches(":00").to_owned(),
    };
    Some(OffsetChange { from: at, minutes, abbreviation })
}

fn is_same(one: Option<&OffsetChange>, other: Option<&OffsetChange>) -> bool {
    let clock =
        |change: Option<&OffsetChange>| change.map(|change| (change.minutes, change.abbreviation.clone()));
    clock(one) == clock(other)
}

/// The change between two instants of which the later has another offset than the earlier, to the second.
fn first_after(zone: Tz, mut before: i64, mut after: i64) -> Option<OffsetChange> {
    let start = offset_at(zone, before);
    while after - before > 1 {
        let middle = i64::midpoint(before, after);
        if is_same(start.as_ref(), offset_at(zone, middle).as_ref()) {
            before = middle;
        } else {
            after = middle;
        }
    }
    offset_at(zone, after)
}

/// Returns the time zone of the active organisation and those it may choose.
pub async fn organisation_time_zone_get(ctx: &OpCtx) -> Result<TimeZoneSetting> {
    let org_id = ctx.org_id()?;
    let (organisation, chosen, country): (String, Option<String>, String) = ctx
        .read(Permission::OrganisationWrite, async move |tx| {
            let columns = (organisations::name, organisations::time_zone, organisations::country);
            Ok(organisations::table.find(org_id).select(columns).first(tx.conn()?).await?)
        })
        .await?;
    let of_country = zone_of(None, &country).name().to_owned();
    Ok(TimeZoneSetting {
        organisation,
        chosen,
        of_country,
        names: time_zone_names().into_iter().map(str::to_owned).collect(),
    })
}

/// Sets the time zone in which the pages of the active organisation are written. Empty: the country's.
///
/// # Errors
/// `invalid_input` for a name that is not offered.
pub async fn organisation_time_zone_set(ctx: &OpCtx, time_zone: &str) -> Result<()> {
    let name = time_zone.trim().to_owned();
    let chosen = (!name.is_empty()).then_some(name);
    if chosen.as_deref().is_some_and(|name| !time_zone_names().contains(&name)) {
        return Err(Error::invalid_field("time_zone", "Choose a time zone from the list."));
    }
    let active = ctx.organisation()?.clone();
    ctx.tx("identity.organisation_time_zone_set", Permission::OrganisationWrite, async move |tx| {
        diesel::update(organisations::table.find(active.id))
            .set(organisations::time_zone.eq(&chosen))
            .execute(tx.conn()?)
            .await?;
        tx.emit(IdentityEvent::OrganisationTimeZoneSet { org_id: active.id, time_zone: chosen }).await
    })
    .await
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;
    use contracts::country::COUNTRIES;

    use super::*;

    #[test]
    fn every_country_has_a_zone_that_is_offered() {
        let offered = time_zone_names();
        for (country, name) in COUNTRIES {
            let zone = zone_of(None, country);
            assert!(zone != Tz::UTC, "{name} has no zone");
            assert!(offered.contains(&zone.name()), "{name}: {}", zone.name());
        }
        assert_eq!(zone_of(Some("Asia/Tokyo"), "DE"), Tz::Asia__Tokyo);
        assert_eq!(zone_of(Some("Nowhere/At_All"), "DE"), Tz::Europe__Berlin);
        assert_eq!(zone_of(None, "XX"), Tz::UTC);
    }

    #[test]
    fn the_table_writes_every_hour_as_the_zone_does() {
        for name in [
            "Europe/Berlin",
            "Europe/Dublin",
            "America/New_York",
            "Asia/Kolkata",
            "Africa/Casablanca",
            "Australia/Lord_Howe",
            "Pacific/Apia",
        ] {
            let zone: Tz = name.parse().unwrap();
            let table = table_of(zone, 2026);
            let start = Utc.with_ymd_and_hms(2023, 1, 1, 0, 0, 0).unwrap();
            for hours in 0..9 * 365 * 24 {
                let instant = start + chrono::TimeDelta::hours(hours);
                let (local, _) = table.local(instant);
                assert_eq!(local, instant.with_timezone(&zone).naive_local(), "{name} {instant}");
            }
        }
        let berlin = table_of(Tz::Europe__Berlin, 2026);
        let summer = Utc.with_ymd_and_hms(2026, 7, 1, 12, 0, 0).unwrap();
        assert_eq!(berlin.local(summer).1, "CEST");
        assert_eq!(table_of("Europe/Istanbul".parse().unwrap(), 2026).local(summer).1, "UTC+03");
    }
}
