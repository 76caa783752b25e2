//! Security events: what an administrator should be able to see. The table only grows, so what an outsider can provoke at will
//! is recorded a few times a minute and then only counted: forged events must not bury the real ones.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use contracts::{
    ids::{OrgId, UserId},
    permission::Permission,
};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use schema::security_events;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Actor, Elevation, Error, OpCtx, RequestId, Result, Tx, new_id};

/// So many events of a kind from one network are recorded in one window: all the failures after which a sign-in is refused.
const RECORDED: u32 = 10;
/// Of these one: the first says all.
const RECORDED_ONCE: &[&str] = &["excess_rate_limit_exceeded"];
/// Also who is signed in can provoke these at will.
const PROVOKED_BY_ANYBODY: &[&str] = &["authz_fail", "malicious_csp_violation", "malicious_csrf"];
/// How long a window is.
const WINDOW: TimeDelta = TimeDelta::minutes(1);
/// So many kinds and networks are told apart in one window; further networks count as one.
const TOLD_APART: usize = 256;

/// Something an administrator should be able to see: a failed sign-in, a forged event, a cross-site request.
/// Kinds follow the OWASP logging vocabulary.
#[derive(Clone, Debug)]
pub struct SecurityEvent {
    /// `authn_login_fail`, `malicious_csrf` and so on.
    pub kind: &'static str,
    /// `info`, `low` or `high`.
    pub severity: &'static str,
    /// Whose account it touched.
    pub user_id: Option<UserId>,
    /// Codes and counts; never secrets or personal data.
    pub details: Value,
}

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Source {
    kind: &'static str,
    severity: &'static str,
    network: Option<IpAddr>,
}

/// The events of the present window.
#[derive(Default)]
struct Window {
    began: DateTime<Utc>,
    counts: HashMap<Source, u32>,
}

impl Window {
    /// Counts an event. Answers whether it is recorded, and what a window that has ended counted without recording.
    fn count(&mut self, now: DateTime<Utc>, source: Source) -> (bool, Vec<(Source, u32)>) {
        let mut passed_over = Vec::new();
        if now - self.began >= WINDOW {
            self.began = now;
            let ended = self.counts.drain();
            passed_over.extend(ended.filter_map(|(source, count)| {
                let more = count.saturating_sub(max_recorded(source.kind));
                (more > 0).then_some((source, more))
            }));
        }
        let is_one_too_many = self.counts.len() >= TOLD_APART && !self.counts.contains_key(&source);
        let source = if is_one_too_many { Source { network: None, ..source } } else { source };
        let count = self.counts.entry(source).or_default();
        *count = count.saturating_add(1);
        (*count <= max_recorded(source.kind), passed_over)
    }
}

/// Returns how many events of this kind and one network are recorded in one window.
fn max_recorded(kind: &str) -> u32 {
    if RECORDED_ONCE.contains(&kind) { 1 } else { RECORDED }
}

#[derive(Default)]
struct Provoked(Mutex<Window>);

#[derive(Clone, Insertable)]
#[diesel(table_name = security_events)]
struct EventRow {
    id: Uuid,
    kind: &'static str,
    severity: &'static str,
    org_id: Option<OrgId>,
    user_id: Option<UserId>,
    client_address: Option<String>,
    request_id: String,
    details: Value,
}

impl OpCtx {
    /// Records a security event in a transaction of its own: it stays when the operation it is about is refused. Of many that an
    /// outsider provokes, the first ones of a minute are recorded and the number of the others with the next event.
    pub async fn security_event(&self, event: SecurityEvent) -> Result<()> {
        let can_be_provoked = self.caller().actor == Actor::Anonymous && self.caller().elevation.is_none()
            || PROVOKED_BY_ANYBODY.contains(&event.kind);
        let (is_recorded, passed_over) =
            if can_be_provoked { self.count_provoked(&event) } else { (true, Vec::new()) };
        let mut rows: Vec<EventRow> =
            passed_over.into_iter().map(|(source, more)| self.row_of_more(source, more)).collect();
        if is_recorded {
            rows.push(self.row_of(event));
        }
        if rows.is_empty() {
            return Ok(());
        }
        self.elevate(Elevation::RecordSecurityEvent)
            .tx("platform.security_event", Permission::SystemManage, async move |tx| {
                diesel::insert_into(security_events::table).values(rows).execute(tx.conn()?).await?;
                Ok(())
            })
            .await
    }

    /// Counts an event that an outsider can provoke. Returns whether it is to be recorded, and the counts of the last window that were not.
    fn count_provoked(&self, event: &SecurityEvent) -> (bool, Vec<(Source, u32)>) {
        let source =
            Source { kind: event.kind, severity: event.severity, network: self.caller().client.network() };
        let provoked = self.platform().db.caches().of::<Provoked>();
        let mut window = provoked.0.lock().unwrap_or_else(PoisonError::into_inner);
        window.count(self.now(), source)
    }

    fn row_of(&self, event: SecurityEvent) -> EventRow {
        let caller = self.caller();
        EventRow {
            id: new_id(self.now()),
            kind: event.kind,
            severity: event.severity,
            org_id: caller.organisation.as_ref().map(|organisation| organisation.id),
            user_id: event.user_id.or(caller.actor.user_id()),
            client_address: caller.client.address.map(|address| address.to_string()),
            request_id: caller.request_id.to_string(),
            details: event.details,
        }
    }

    /// The row about events of an earlier minute, which are not this caller's.
    fn row_of_more(&self, source: Source, more: u32) -> EventRow {
        EventRow {
            id: new_id(self.now()),
            kind: source.kind,
            severity: source.severity,
            org_id: None,
            user_id: None,
            client_address: source.network.map(|network| network.to_string()),
            request_id: RequestId(Uuid::now_v7()).to_string(),
            details: json!({ "more": more }),
        }
    }
}

impl Tx {
    /// Records a security event with what this transaction does, unless one of the kind says the same already.
    pub async fn security_event_once(&mut self, event: SecurityEvent) -> Result<()> {
        let alike = security_events::table
            .filter(security_events::kind.eq(event.kind).and(security_events::details.eq(&event.details)));
        let is_known: bool = diesel::select(diesel::dsl::exists(alike)).get_result(self.conn()?).await?;
        if !is_known {
            let row = self.ctx().row_of(event);
            diesel::insert_into(security_events::table).values(row).execute(self.conn()?).await?;
        }
        Ok(())
    }
}

impl Tx {
    /// Records a security event with what this transaction does, unless one of its kind was recorded within the last `pause`.
    pub async fn security_event_rarely(&mut self, event: SecurityEvent, pause: TimeDelta) -> Result<()> {
        let since = self.ctx().now() - pause;
        let lately = security_events::table
            .filter(security_events::kind.eq(event.kind).and(security_events::occurred_at.gt(since)));
        let is_known: bool = diesel::select(diesel::dsl::exists(lately)).get_result(self.conn()?).await?;
        if !is_known {
            let row = self.ctx().row_of(event);
            diesel::insert_into(security_events::table).values(row).execute(self.conn()?).await?;
        }
        Ok(())
    }
}

/// What browsers report of a page's policy is kept so long.
const REPORTS_KEPT: TimeDelta = TimeDelta::days(30);
/// Each process looks this often.
const PURGED_EVERY: TimeDelta = TimeDelta::hours(1);

/// Marks that old reports were looked for.
struct Purge;

diesel::define_sql_function! {
    /// Deletes reports of before that moment and answers how many; only the owner of the table may.
    fn purge_csp_reports(before: sql_types::Timestamptz) -> sql_types::BigInt;
}

/// Forgets what browsers reported long ago, once an hour; returns how much. Anybody can report anything.
pub async fn csp_reports_purge(ctx: &OpCtx) -> Result<usize> {
    let now = ctx.now();
    if !ctx.platform().db.caches().is_due::<Purge>(now, PURGED_EVERY) {
        return Ok(0);
    }
    ctx.tx("platform.csp_reports_purge", Permission::SystemManage, async move |tx| {
        let gone: i64 = diesel::select(purge_csp_reports(now - REPORTS_KEPT)).get_result(tx.conn()?).await?;
        if gone > 0 {
            tx.audit("platform.csp_reports_purged", "security_event", "batch", json!({ "reports": gone }))
                .await?;
        }
        usize::try_from(gone).map_err(Error::internal)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(kind: &'static str, last: u8) -> Source {
        Source { kind, severity: "high", network: Some(IpAddr::from([203, 0, 113, last])) }
    }

    #[test]
    fn a_flood_leaves_a_few_rows_and_a_number() {
        let mut window = Window::default();
        let now = DateTime::from_timestamp_micros(1_772_442_000_000_000).unwrap();
        let recorded = (0..500).filter(|_| window.count(now, source("malicious_csrf", 1)).0).count();
        assert_eq!(recorded, 10);
        assert!(window.count(now, source("malicious_csrf", 2)).0, "another network has its own measure");
        assert!(window.count(now, source("authn_login_fail", 1)).0, "and another kind");
        let (is_recorded, passed_over) = window.count(now + WINDOW, source("malicious_csrf", 1));
        assert!(is_recorded);
        assert_eq!(passed_over, [(source("malicious_csrf", 1), 490)]);
        assert!(window.count(now + WINDOW * 2, source("malicious_csrf", 1)).1.is_empty());
    }

    #[test]
    fn many_networks_count_as_one() {
        let mut window = Window::default();
        let now = DateTime::from_timestamp_micros(1_772_442_000_000_000).unwrap();
        let recorded = (0..10_000_u32)
            .map(|address| Source {
                network: Some(IpAddr::from(address.to_be_bytes())),
                ..source("malicious_csrf", 1)
            })
            .filter(|source| window.count(now, *source).0)
            .count();
        assert_eq!(recorded, TOLD_APART + 10);
        assert!(window.counts.len() <= TOLD_APART + 1);
    }

    #[test]
    fn who_asks_too_often_is_named_once() {
        let mut window = Window::default();
        let now = DateTime::from_timestamp_micros(1_772_442_000_000_000).unwrap();
        let recorded =
            (0..50).filter(|_| window.count(now, source("excess_rate_limit_exceeded", 1)).0).count();
        assert_eq!(recorded, 1);
    }
}
