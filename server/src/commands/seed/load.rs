//! `hcts seed --services N`: so many published services, written in bulk by the database's owner. For measuring, not for
//! looking at: nobody signs in here. Each batch is one transaction with its audit record, born as drafts and then published,
//! so that every law holds.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{QueryableByName, sql_types};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde::Serialize;
use services::platform::{Error, connect, new_id};
use uuid::Uuid;

use super::{
    super::CommandError,
    progress::Progress,
    rng::Rng,
    shelf::VARIANTS,
    tables::{Procedure, procedures},
};

/// Services in one transaction.
const BATCH: usize = 2_000;
/// Providers they are spread over.
const PROVIDERS: usize = 200;
const REGISTRATION: &str = "LOAD-";

const FIRST: [&str; 20] = [
    "Silverbrook",
    "Hawthorn",
    "Westmere",
    "Larkfield",
    "Stonegate",
    "Brightwater",
    "Elmhurst",
    "Fairhaven",
    "Kingsley",
    "Maplewood",
    "Northgate",
    "Oakridge",
    "Pinecrest",
    "Queensbury",
    "Riverside",
    "Southbank",
    "Thornbury",
    "Valemont",
    "Willowdale",
    "Ashcombe",
];
const SECOND: [&str; 10] = [
    "Clinic",
    "Medical Centre",
    "Hospital",
    "Health Partners",
    "Polyclinic",
    "Care Group",
    "Diagnostics",
    "Specialists",
    "Infirmary",
    "Wellbeing House",
];
const CITIES: [(&str, &str, &str); 20] = [
    ("DE", "Hamburg", "EUR"),
    ("DE", "Cologne", "EUR"),
    ("FR", "Marseille", "EUR"),
    ("FR", "Toulouse", "EUR"),
    ("ES", "Seville", "EUR"),
    ("ES", "Bilbao", "EUR"),
    ("IT", "Turin", "EUR"),
    ("IT", "Bologna", "EUR"),
    ("NL", "Utrecht", "EUR"),
    ("BE", "Ghent", "EUR"),
    ("AT", "Graz", "EUR"),
    ("PT", "Porto", "EUR"),
    ("IE", "Limerick", "EUR"),
    ("FI", "Tampere", "EUR"),
    ("US", "Atlanta", "USD"),
    ("US", "Phoenix", "USD"),
    ("US", "Nashville", "USD"),
    ("US", "Pittsburgh", "USD"),
    ("US", "Sacramento", "USD"),
    ("US", "Baltimore", "USD"),
];
const FOR_WHOM: [&str; 12] = [
    "",
    " for adults",
    " for children",
    " for older people",
    " for athletes",
    " for shift workers",
    " for expectant mothers",
    " for travellers",
    " for new patients",
    " for returning patients",
    " for staff plans",
    " for families",
];

const TABLE: &str = "CREATE TEMP TABLE seed_rows (
    service_id uuid, version_id uuid, org_id uuid, title text, description text, category text, modality text, country text,
    city text, minutes integer, days integer, currency text, price bigint, step bigint, capacity integer, codes text[],
    made_at timestamptz) ON COMMIT DELETE ROWS";

/// Drafts first, then published, as the state machine wants it; the market listings follow.
const WRITE: &str = "
    INSERT INTO services (id, org_id, status, created_at, updated_at)
      SELECT service_id, org_id, 'draft', made_at, made_at FROM seed_rows;
    INSERT INTO service_versions (id, org_id, service_id, version_no, title, description, category, modality, country, city,
        duration_minutes, validity_days, currency, base_price_minor, created_at, published_at)
      SELECT version_id, org_id, service_id, 1, title, description, category, modality, country, city, minutes, days,
        currency, price, made_at, made_at FROM seed_rows;
    INSERT INTO service_capacity (service_id, org_id, capacity) SELECT service_id, org_id, capacity FROM seed_rows;
    INSERT INTO service_price_steps (org_id, version_id, min_quantity, unit_price_minor)
      SELECT org_id, version_id, 10, step FROM seed_rows WHERE step IS NOT NULL;
    INSERT INTO service_codes (org_id, version_id, position, release_id, uri, code, title)
      SELECT r.org_id, r.version_id, c.place - 1, e.release_id, e.uri, e.code, e.title
      FROM seed_rows r CROSS JOIN unnest(r.codes) WITH ORDINALITY AS c (code, place)
      JOIN icd11_entities e ON e.code = c.code AND e.release_id = (SELECT id FROM icd11_releases WHERE is_current);
    UPDATE services s SET status = 'published', published_version_id = r.version_id FROM seed_rows r WHERE s.id = r.service_id;
    INSERT INTO audit_records (id, actor_kind, action, entity_type, entity_id, request_id, details)
      SELECT gen_random_uuid(), 'command', 'seed.services_loaded', 'service', 'batch', 'seed', jsonb_build_object('services', count(*))
      FROM seed_rows;
    SELECT market_refresh(array_agg(service_id)) FROM seed_rows;
    COMMIT";

#[derive(Serialize)]
struct Row {
    service_id: Uuid,
    version_id: Uuid,
    org_id: Uuid,
    title: String,
    description: String,
    category: &'static str,
    modality: &'static str,
    country: String,
    city: String,
    minutes: u32,
    days: u32,
    currency: &'static str,
    price: i64,
    step: Option<i64>,
    capacity: Option<u32>,
    codes: Vec<&'static str>,
    made_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct Provider {
    #[diesel(sql_type = sql_types::Uuid)]
    id: Uuid,
    #[diesel(sql_type = sql_types::Text)]
    country: String,
    #[diesel(sql_type = sql_types::Text)]
    city: String,
}

/// Writes `count` services into the database at `owner_url`, over providers of their own.
pub async fn load(
    owner_url: &str,
    now: DateTime<Utc>,
    count: usize,
    progress: &mut Progress,
) -> Result<(), CommandError> {
    let mut conn = connect(owner_url).await?;
    conn.batch_execute("SET jit = off; SET synchronous_commit = off").await.map_err(Error::from)?;
    conn.batch_execute(TABLE).await.map_err(Error::from)?;
    let providers = providers(&mut conn, now).await?;
    let procedures = procedures()?;
    let mut rng = Rng::new(0x4c4f_4144);
    let mut done = 0;
    while done < count {
        let size = BATCH.min(count - done);
        let rows: Vec<Row> = (0..size).filter_map(|_| row(&mut rng, &providers, &procedures, now)).collect();
        let json = serde_json::to_string(&rows).map_err(Error::from)?;
        conn.batch_execute("BEGIN").await.map_err(Error::from)?;
        diesel::sql_query(
            "INSERT INTO seed_rows SELECT * FROM json_populate_recordset(null::seed_rows, $1::json)",
        )
        .bind::<sql_types::Text, _>(json)
        .execute(&mut conn)
        .await
        .map_err(Error::from)?;
        conn.batch_execute(WRITE).await.map_err(Error::from)?;
        done += size;
        progress.at(u64::try_from(done).unwrap_or(u64::MAX));
    }
    let tables =
        "ANALYZE services, service_versions, service_codes, service_capacity, market_listings, market_words";
    conn.batch_execute(tables).await.map_err(Error::from)?;
    Ok(())
}

/// The providers of an earlier run, or two hundred new ones.
async fn providers(conn: &mut AsyncPgConnection, now: DateTime<Utc>) -> Result<Vec<Provider>, CommandError> {
    let known = providers_known(conn).await?;
    if !known.is_empty() {
        return Ok(known);
    }
    let mut values = Vec::with_capacity(PROVIDERS);
    for place in 0..PROVIDERS {
        let (first, second) =
            (FIRST.get(place % FIRST.len()), SECOND.get(place / FIRST.len() % SECOND.len()));
        let (Some(first), Some(second)) = (first, second) else { continue };
        let Some((country, city, _)) = CITIES.get(place * 7 % CITIES.len()) else { continue };
        // words of the tables above: letters and spaces
        values.push(format!(
            "('{}', 'provider', '{first} {second}', '{first} {second} Ltd', '{REGISTRATION}{place:04}', '{country}', '{city}', 'unverified', '{}')",
            new_id::<Uuid>(now),
            (now - TimeDelta::days(400)).to_rfc3339(),
        ));
    }
    let statement = format!(
        "BEGIN;
         INSERT INTO organisations (id, kind, name, legal_name, registration_number, country, city, status, created_at) VALUES {};
         UPDATE organisations SET status = 'verified', verified_at = created_at WHERE registration_number LIKE '{REGISTRATION}%';
         INSERT INTO audit_records (id, org_id, actor_kind, action, entity_type, entity_id, request_id)
           SELECT gen_random_uuid(), id, 'command', 'seed.provider_loaded', 'organisation', id::text, 'seed'
           FROM organisations WHERE registration_number LIKE '{REGISTRATION}%';
         COMMIT",
        values.join(", ")
    );
    conn.batch_execute(&statement).await.map_err(Error::from)?;
    providers_known(conn).await
}

async fn providers_known(conn: &mut AsyncPgConnection) -> Result<Vec<Provider>, CommandError> {
    Ok(diesel::sql_query(
        "SELECT id, country::text AS country, city FROM organisations
         WHERE registration_number LIKE 'LOAD-%' AND status = 'verified' ORDER BY registration_number",
    )
    .load(conn)
    .await
    .map_err(Error::from)?)
}

fn row(rng: &mut Rng, providers: &[Provider], procedures: &[Procedure], now: DateTime<Utc>) -> Option<Row> {
    let provider = rng.pick(providers)?;
    let procedure = rng.pick(procedures)?;
    let (suffix, percent, sentence) = rng.pick(&VARIANTS)?;
    let whom = rng.pick(&FOR_WHOM)?;
    let currency = if provider.country == "US" { "USD" } else { "EUR" };
    // percent of the table's price, in minor units: whole units, so that prices look like prices
    let spread = rng.between(70, 190);
    let price = (i64::from(procedure.euros) * i64::from(*percent) * i64::from(spread) / 10_000).max(5) * 100;
    let made_at = now - TimeDelta::minutes(i64::from(rng.between(60, 525_600)));
    let has_step = rng.chance(55);
    let is_limited = rng.chance(20);
    Some(Row {
        service_id: new_id(made_at),
        version_id: new_id(made_at),
        org_id: provider.id,
        title: format!("{}{whom}{suffix}", procedure.title),
        description: format!(
            "{}\n\n**Included**\n\n- {}\n\n{sentence}",
            procedure.about,
            procedure.included.join("\n- ")
        ),
        category: procedure.category,
        modality: procedure.modality,
        country: provider.country.clone(),
        city: provider.city.clone(),
        minutes: procedure.minutes,
        days: procedure.validity_days,
        currency,
        price,
        step: has_step.then_some(price * 95 / 100),
        capacity: is_limited.then(|| rng.between(20, 500)),
        codes: procedure.codes.clone(),
        made_at,
    })
}
