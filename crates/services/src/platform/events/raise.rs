//! Rows of security events. The table only grows, so what an outsider can provoke at will is recorded a few times a minute and then only
//! counted: forged events must not bury the real ones.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use contracts::{
    compliance::{AlertKind, Severity},
    ids::{OrgId, UserId},
    permission::Permission,
};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::security_events;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    super::{Actor, Elevation, OpCtx, RequestId, Result, Tx, new_id},
    Alert,
    flood::flood_rule,
};

/// How long a window is.
const WINDOW: TimeDelta = TimeDelta::minutes(1);
/// Maximum number of sources that are told apart in one window; further networks count as one.
const MAX_SOURCES: usize = 256;

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Source {
    kind: AlertKind,
    network: Option<IpAddr>,
}

/// The events of the present window.
#[derive(Default)]
struct Window {
    began: DateTime<Utc>,
    counts: HashMap<Source, u32>,
}

impl Window {
    /// Counts an event. Returns whether it is recorded, and what a window that has ended counted without recording.
    fn count(&mut self, now: DateTime<Utc>, source: Source) -> (bool, Vec<(Source, u32)>) {
        let mut passed_over = Vec::new();
        if now - self.began >= WINDOW {
            self.began = now;
            let ended = self.counts.drain();
            passed_over.extend(ended.filter_map(|(source, count)| {
                let more = count.saturating_sub(flood_rule(source.kind).max_recorded);
                (more > 0).then_some((source, more))
            }));
        }
        let is_one_too_many = self.counts.len() >= MAX_SOURCES && !self.counts.contains_key(&source);
        let source = if is_one_too_many { Source { network: None, ..source } } else { source };
        let count = self.counts.entry(source).or_default();
        *count = count.saturating_add(1);
        (*count <= flood_rule(source.kind).max_recorded, passed_over)
    }
}

#[derive(Default)]
struct Provoked(Mutex<Window>);

#[derive(Clone, Insertable)]
#[diesel(table_name = security_events)]
struct AlertRow {
    id: Uuid,
    kind: &'static str,
    severity: Severity,
    org_id: Option<OrgId>,
    user_id: Option<UserId>,
    client_address: Option<String>,
    request_id: String,
    details: Value,
}

impl OpCtx {
    /// Records a security event in a transaction of its own: it stays when the operation it is about is refused. Of many that an
    /// outsider provokes, the first ones of a minute are recorded and the number of the others with the next event.
    pub async fn raise(&self, alert: Alert) -> Result<()> {
        let can_be_provoked = self.caller().actor == Actor::Anonymous && self.caller().elevation.is_none()
            || flood_rule(alert.kind()).is_provoked_by_anybody;
        let (is_recorded, passed_over) =
            if can_be_provoked { self.count_alert(alert.kind()) } else { (true, Vec::new()) };
        let mut rows: Vec<AlertRow> =
            passed_over.into_iter().map(|(source, more)| self.passed_over_row(source, more)).collect();
        if is_recorded {
            rows.push(self.alert_row(&alert)?);
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
    fn count_alert(&self, kind: AlertKind) -> (bool, Vec<(Source, u32)>) {
        let source = Source { kind, network: self.caller().client.network() };
        let provoked = self.platform().db.caches().of::<Provoked>();
        let mut window = provoked.0.lock().unwrap_or_else(PoisonError::into_inner);
        window.count(self.now(), source)
    }

    fn alert_row(&self, alert: &Alert) -> Result<AlertRow> {
        let (caller, kind) = (self.caller(), alert.kind());
        Ok(AlertRow {
            id: new_id(self.now()),
            kind: kind.as_str(),
            severity: kind.severity(),
            org_id: caller.organisation.as_ref().map(|organisation| organisation.id),
            user_id: alert.touched_user().or(caller.actor.user_id()),
            client_address: caller.client.address.map(|address| address.to_string()),
            request_id: caller.request_id.to_string(),
            details: serde_json::to_value(alert)?,
        })
    }

    /// The row about events of an earlier minute, which are not this caller's.
    fn passed_over_row(&self, source: Source, more: u32) -> AlertRow {
        AlertRow {
            id: new_id(self.now()),
            kind: source.kind.as_str(),
            severity: source.kind.severity(),
            org_id: None,
            user_id: None,
            client_address: source.network.map(|network| network.to_string()),
            request_id: RequestId(Uuid::now_v7()).to_string(),
            details: json!({ "more": more }),
        }
    }
}

impl Tx {
    /// Records a security event with what this transaction does.
    pub(super) async fn insert_alert(&mut self, alert: &Alert) -> Result<()> {
        let row = self.ctx().alert_row(alert)?;
        diesel::insert_into(security_events::table).values(row).execute(self.conn()?).await?;
        Ok(())
    }

    /// Records a security event with what this transaction does, unless one of its kind has the same details.
    pub async fn raise_once(&mut self, alert: Alert) -> Result<()> {
        let (kind, details) = (alert.kind().as_str(), serde_json::to_value(&alert)?);
        let alike = security_events::table
            .filter(security_events::kind.eq(kind).and(security_events::details.eq(details)));
        let is_known: bool = diesel::select(diesel::dsl::exists(alike)).get_result(self.conn()?).await?;
        if is_known { Ok(()) } else { self.insert_alert(&alert).await }
    }

    /// Records a security event with what this transaction does, unless one of its kind was recorded within the last `pause`.
    pub async fn raise_rarely(&mut self, alert: Alert, pause: TimeDelta) -> Result<()> {
        let since = self.ctx().now() - pause;
        let kind = alert.kind().as_str();
        let lately = security_events::table
            .filter(security_events::kind.eq(kind).and(security_events::occurred_at.gt(since)));
        let is_known: bool = diesel::select(diesel::dsl::exists(lately)).get_result(self.conn()?).await?;
        if is_known { Ok(()) } else { self.insert_alert(&alert).await }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(kind: AlertKind, last: u8) -> Source {
        Source { kind, network: Some(IpAddr::from([203, 0, 113, last])) }
    }

    #[test]
    fn a_flood_leaves_a_few_rows_and_a_number() {
        let mut window = Window::default();
        let now = DateTime::from_timestamp_micros(1_772_442_000_000_000).unwrap();
        let csrf = AlertKind::CrossSiteRequest;
        let recorded = (0..500).filter(|_| window.count(now, source(csrf, 1)).0).count();
        assert_eq!(recorded, 10);
        assert!(window.count(now, source(csrf, 2)).0, "another network has its own measure");
        assert!(window.count(now, source(AlertKind::SignInFailed, 1)).0, "and another kind");
        let (is_recorded, passed_over) = window.count(now + WINDOW, source(csrf, 1));
        assert!(is_recorded);
        assert_eq!(passed_over, [(source(csrf, 1), 490)]);
        assert!(window.count(now + WINDOW * 2, source(csrf, 1)).1.is_empty());
    }

    #[test]
    fn many_networks_count_as_one() {
        let mut window = Window::default();
        let now = DateTime::from_timestamp_micros(1_772_442_000_000_000).unwrap();
        let recorded = (0..10_000_u32)
            .map(|address| Source {
                network: Some(IpAddr::from(address.to_be_bytes())),
                ..source(AlertKind::CrossSiteRequest, 1)
            })
            .filter(|source| window.count(now, *source).0)
            .count();
        assert_eq!(recorded, MAX_SOURCES + 10);
        assert!(window.counts.len() <= MAX_SOURCES + 1);
    }

    #[test]
    fn who_asks_too_often_is_named_once() {
        let mut window = Window::default();
        let now = DateTime::from_timestamp_micros(1_772_442_000_000_000).unwrap();
        let recorded =
            (0..50).filter(|_| window.count(now, source(AlertKind::RateLimitExceeded, 1)).0).count();
        assert_eq!(recorded, 1);
    }
}
