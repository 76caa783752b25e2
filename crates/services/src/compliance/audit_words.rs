//! Audit records in words: what a record is about, and what changed. Ids and JSON stay in the database and in files.

use std::collections::{BTreeMap, HashMap};

use contracts::{
    compliance::{AlertKind, PermissionChange},
    ids::{AuditId, TransactionId},
    money::{Currency, Money},
};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use super::audit::AuditRow;
use crate::{
    Result,
    platform::{
        Conn,
        events::{AuditAction, VERSION_KEY},
    },
};

/// Returns the words on screen for a stored action: `orders.purchase_placed` is "Purchase placed". An action that only a migration or an
/// older version writes is read as a sentence.
pub(super) fn action_label(action: &str) -> String {
    match AuditAction::of(action) {
        Some(known) => known.label().to_owned(),
        None => sentence(action.split_once('.').map_or(action, |(_, verb)| verb)),
    }
}

/// Returns the words on screen for a stored kind of security event: `authn_login_fail` is "Failed sign-in". A kind that only an older version
/// writes is read as a sentence.
pub(super) fn event_label(kind: &str) -> String {
    AlertKind::of(kind).map_or_else(|| sentence(kind), |known| known.label().to_owned())
}

/// `service_bulk_run` is "Service bulk run".
pub(super) fn sentence(word: &str) -> String {
    let mut text = word.replace(['_', '.'], " ");
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

#[derive(QueryableByName)]
struct Title {
    #[diesel(sql_type = sql_types::Text)]
    kind: String,
    #[diesel(sql_type = sql_types::Uuid)]
    id: Uuid,
    #[diesel(sql_type = sql_types::Text)]
    title: String,
}

/// What things are called, by their kind and id.
const TITLES: &str = "
    SELECT 'service' AS kind, s.id, v.title FROM services s
      JOIN LATERAL (SELECT l.title FROM service_versions l WHERE l.service_id = s.id ORDER BY l.version_no DESC LIMIT 1) v ON true
      WHERE s.id = ANY ($1)
    UNION ALL SELECT 'purchase', id, number FROM purchases WHERE id = ANY ($1)
    UNION ALL SELECT 'certificate', id, title FROM certificates WHERE id = ANY ($1)
    UNION ALL SELECT 'organisation', id, name FROM organisations WHERE id = ANY ($1)
    UNION ALL SELECT 'user', id, name FROM users WHERE id = ANY ($1)
    UNION ALL SELECT 'membership', m.id, u.name FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.id = ANY ($1)
    UNION ALL SELECT 'session', s.id, u.name FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = ANY ($1)
    UNION ALL SELECT 'payment', p.id, u.number FROM payments p JOIN purchases u ON u.id = p.purchase_id WHERE p.id = ANY ($1)
    UNION ALL SELECT 'permission_change', id, reason FROM permission_changes WHERE id = ANY ($1)";

/// The titles of the things that records are about.
pub(super) async fn load_titles(
    conn: &mut Conn,
    rows: &[AuditRow],
) -> Result<HashMap<(String, Uuid), String>> {
    let ids: Vec<Uuid> = rows.iter().filter_map(|row| row.entity_id.parse().ok()).collect();
    let titles: Vec<Title> =
        diesel::sql_query(TITLES).bind::<sql_types::Array<sql_types::Uuid>, _>(&ids).load(conn).await?;
    let mut found: HashMap<_, _> =
        titles.into_iter().map(|title| ((title.kind, title.id), title.title)).collect();
    for row in rows.iter().filter(|row| row.entity_type == "transaction") {
        if let Ok(id) = row.entity_id.parse::<TransactionId>() {
            found.insert((row.entity_type.clone(), id.0), id.reference());
        }
    }
    Ok(found)
}

#[derive(QueryableByName)]
struct Edited {
    #[diesel(sql_type = sql_types::Uuid)]
    id: Uuid,
    #[diesel(sql_type = sql_types::Text)]
    title: String,
    #[diesel(sql_type = sql_types::Text)]
    title_before: String,
    #[diesel(sql_type = sql_types::Text)]
    currency: Currency,
    #[diesel(sql_type = sql_types::Text)]
    currency_before: Currency,
    #[diesel(sql_type = sql_types::BigInt)]
    price: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    price_before: i64,
    #[diesel(sql_type = sql_types::Text)]
    place: String,
    #[diesel(sql_type = sql_types::Text)]
    place_before: String,
    #[diesel(sql_type = sql_types::Bool)]
    is_described_anew: bool,
}

const EDITED: &str = "
    SELECT v.id, v.title, b.title AS title_before, v.currency, b.currency AS currency_before, v.base_price_minor AS price,
           b.base_price_minor AS price_before, concat_ws(', ', NULLIF(v.city, ''), v.country) AS place,
           concat_ws(', ', NULLIF(b.city, ''), b.country) AS place_before, v.description <> b.description AS is_described_anew
    FROM service_versions v JOIN service_versions b ON b.service_id = v.service_id AND b.version_no = v.version_no - 1
    WHERE v.id = ANY ($1)";

impl Edited {
    fn facts(&self) -> Vec<String> {
        let price = |minor, currency| Money::new(minor, currency).to_english();
        let (before, now) =
            (price(self.price_before, self.currency_before), price(self.price, self.currency));
        let changes = [
            ("Title", &self.title_before, &self.title),
            ("Price", &before, &now),
            ("Location", &self.place_before, &self.place),
        ];
        let changed = changes.into_iter().filter(|(_, before, now)| before != now);
        let facts = changed.map(|(name, before, now)| format!("{name}: {before} → {now}"));
        facts.chain(self.is_described_anew.then(|| "Description changed".to_owned())).collect()
    }
}

/// What changed with each record, in words; a record of which there is nothing to say is left out.
pub(super) async fn load_facts(conn: &mut Conn, rows: &[AuditRow]) -> Result<BTreeMap<AuditId, Vec<String>>> {
    let version = |row: &AuditRow| {
        let id = row.details.get("version_id")?.as_str()?.parse::<Uuid>().ok()?;
        (row.action == AuditAction::ServiceEdited.as_str()).then_some(id)
    };
    let versions: Vec<Uuid> = rows.iter().filter_map(version).collect();
    let edited: Vec<Edited> = if versions.is_empty() {
        Vec::new()
    } else {
        diesel::sql_query(EDITED).bind::<sql_types::Array<sql_types::Uuid>, _>(&versions).load(conn).await?
    };
    let edited: HashMap<Uuid, Vec<String>> = edited.iter().map(|one| (one.id, one.facts())).collect();
    let facts = |row: &AuditRow| {
        let mut facts = facts_of(&row.details);
        facts.extend(version(row).and_then(|id| edited.get(&id)).into_iter().flatten().cloned());
        (!facts.is_empty()).then_some((row.id, facts))
    };
    Ok(rows.iter().filter_map(facts).collect())
}

/// The details of a record or an event in words: a change as "State: unverified → verified". Ids say nothing to people and are left out.
pub(super) fn facts_of(details: &Value) -> Vec<String> {
    let Some(fields) = details.as_object() else { return Vec::new() };
    let mut facts = Vec::new();
    if let (Some(from), Some(to)) = (fields.get("from").and_then(words), fields.get("to").and_then(words)) {
        facts.push(format!("{from} → {to}"));
    }
    let is_told = |name: &str| !["from", "to", VERSION_KEY].contains(&name);
    for (name, value) in fields.iter().filter(|(name, _)| is_told(name)) {
        if let Some(value) = words(value) {
            facts.push(format!("{}: {value}", sentence(name)));
        }
    }
    facts
}

fn words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.is_empty() || text.parse::<Uuid>().is_ok() => None,
        Value::String(text) => Some(match text.parse::<PermissionChange>() {
            Ok(change) => {
                let verb = if change.granted { "granted" } else { "withdrawn" };
                format!("{}, {}, {verb}", change.permission.label(), change.level.label())
            }
            Err(_) => text.replace('_', " "),
        }),
        Value::Bool(is_so) => Some(if *is_so { "yes" } else { "no" }.to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(values) => {
            let texts: Vec<_> = values.iter().filter_map(words).collect();
            (!texts.is_empty()).then(|| texts.join("; "))
        }
        Value::Object(fields) => {
            let pair = |(name, value): (&String, &Value)| {
                Some(format!("{} {}", name.replace('_', " "), words(value)?))
            };
            let texts: Vec<_> = fields.iter().filter_map(pair).collect();
            (!texts.is_empty()).then(|| texts.join(", "))
        }
        Value::Null => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn records_are_told_in_words_without_ids_and_json() {
        assert_eq!(action_label("orders.purchase_placed"), "Purchase placed");
        assert_eq!(event_label("authn_login_fail"), "Failed sign-in");
        assert_eq!(event_label("disk_is_full"), "Disk is full");
        let details = json!({
            "from": "unverified", "to": "verified", "reason_given": true, "quantity": 3,
            "buyer": Uuid::nil(), "levels": ["owner", "manager"], "nothing": null,
        });
        assert_eq!(
            facts_of(&details),
            ["unverified → verified", "Levels: owner; manager", "Quantity: 3", "Reason given: yes"]
        );
        let change = json!({ "changes": ["manager/services.write/false"] });
        assert_eq!(facts_of(&change), ["Changes: Create and change services, Manager, withdrawn"]);
        assert!(facts_of(&json!({})).is_empty() && facts_of(&json!("x")).is_empty());
    }
}
