//! Delivery of events to the merchant: signs them, sends one at a time, and repeats until the merchant answers 2xx.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use standardwebhooks::{HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP};
use tokio_util::sync::CancellationToken;

use crate::gateway::Gateway;
use crate::model::{Attempt, Event, Queued};
use crate::state::State;

/// Maximum wait between two attempts.
const MAX_WAIT: Duration = Duration::from_mins(5);
/// Maximum time between two looks at the queue.
const IDLE: Duration = Duration::from_mins(1);
/// Interval at which old answers and events are removed.
const PRUNE_EVERY: TimeDelta = TimeDelta::minutes(10);

/// A delivery attempt as the control API reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Sent {
    event_id: String,
    #[serde(rename = "type")]
    kind: String,
    payment_id: String,
    attempt: u32,
    status: Option<u16>,
    delivered: bool,
}

/// Sends due deliveries until `shutdown`. An interrupted attempt stays queued: the merchant may get it twice, but gets it.
pub(crate) async fn run(gateway: Arc<Gateway>, shutdown: CancellationToken) {
    let work = async {
        let mut prune_at = DateTime::<Utc>::MIN_UTC;
        loop {
            deliver_due(&gateway).await;
            let wait = gateway.with(|state, now| {
                if now >= prune_at {
                    state.prune(now);
                    prune_at = now + PRUNE_EVERY;
                }
                state.idle_for(now)
            });
            tokio::select! {
                () = gateway.wake.notified() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    };
    tokio::select! {
        () = shutdown.cancelled() => {}
        () = work => {}
    }
}

async fn deliver_due(gateway: &Gateway) {
    loop {
        let _lane = gateway.lane.lock().await;
        let Some(queued) = gateway.with(|state, now| state.next_due(now)) else { return };
        send(gateway, &queued).await;
    }
}

/// Attempts every queued delivery once, even if it is not due or held back; returns after all attempts.
pub(crate) async fn flush(gateway: &Gateway) -> Vec<Sent> {
    let _lane = gateway.lane.lock().await;
    let batch = gateway.with(|state, _| state.in_order());
    let mut report = Vec::with_capacity(batch.len());
    for queued in batch {
        report.extend(send(gateway, &queued).await);
    }
    report
}

async fn send(gateway: &Gateway, queued: &Queued) -> Option<Sent> {
    let event = gateway.with(|state, _| state.events.get(&queued.event_id).cloned());
    let status = match &event {
        Some(event) => post(gateway, event).await,
        None => None,
    };
    gateway.with(|state, now| state.note(queued, status, gateway, now));
    gateway.dirty.notify_one();
    let event = event?;
    let delivered = Attempt { at: event.timestamp, status }.is_delivered();
    Some(Sent {
        event_id: event.id,
        kind: event.kind,
        payment_id: event.payment_id,
        attempt: queued.attempt,
        status,
        delivered,
    })
}

/// Posts an event; returns the receiver's status, or `None` without an answer in time.
async fn post(gateway: &Gateway, event: &Event) -> Option<u16> {
    let body = event.body();
    // the real time, because receivers refuse signatures far from their own time even when a test has advanced the clock
    let timestamp = gateway.config.clock.now().timestamp();
    let signature = gateway
        .signer
        .sign(&event.id, timestamp, body.as_bytes())
        .inspect_err(|error| tracing::error!(%error, "event not signed"))
        .ok()?;
    let answer = gateway
        .http
        .post(&gateway.config.webhook_url)
        .header("content-type", "application/json")
        .header(HEADER_WEBHOOK_ID, &event.id)
        .header(HEADER_WEBHOOK_TIMESTAMP, timestamp)
        .header(HEADER_WEBHOOK_SIGNATURE, signature)
        .body(body)
        .send()
        .await;
    match answer {
        Ok(response) => Some(response.status().as_u16()),
        Err(error) => {
            tracing::debug!(event = %event.id, %error, "webhook receiver not reached");
            None
        }
    }
}

impl State {
    fn in_order(&self) -> Vec<Queued> {
        let mut batch = self.queue.clone();
        batch.sort_by_key(|queued| queued.due); // stable: the order of queueing decides among equals
        batch
    }

    fn next_due(&self, now: DateTime<Utc>) -> Option<Queued> {
        if self.paused {
            return None;
        }
        self.queue.iter().filter(|queued| queued.due <= now).min_by_key(|queued| queued.due).cloned()
    }

    fn idle_for(&self, now: DateTime<Utc>) -> Duration {
        let sends = self.queue.iter().filter(|_| !self.paused).map(|queued| queued.due).min();
        let expires = self.open.first().map(|(due, _)| *due);
        let returns = self.outages.values().map(|outage| outage.until).min();
        let next = [sends, expires, returns].into_iter().flatten().min();
        let wait = next.map_or(IDLE, |due| (due - now).to_std().unwrap_or_default());
        wait.clamp(Duration::from_millis(5), IDLE)
    }

    fn note(&mut self, queued: &Queued, status: Option<u16>, gateway: &Gateway, now: DateTime<Utc>) {
        if let Some(index) = self.queue.iter().position(|other| other == queued) {
            self.queue.remove(index);
        }
        let attempt = Attempt { at: now, status };
        let delivered = attempt.is_delivered();
        let Some(event) = self.events.get_mut(&queued.event_id) else { return };
        event.attempts.push(attempt);
        if delivered {
            return;
        }
        if queued.attempt >= gateway.config.max_attempts {
            tracing::warn!(event = %event.id, kind = %event.kind, "webhook given up");
            return;
        }
        let wait = backoff(gateway.config.retry_base, queued.attempt);
        let due = now + TimeDelta::from_std(wait).unwrap_or_default();
        self.queue.push(Queued { event_id: event.id.clone(), due, attempt: queued.attempt + 1 });
    }
}

/// Returns the wait after an attempt.
fn backoff(base: Duration, attempt: u32) -> Duration {
    base.saturating_mul(1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX)).min(MAX_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_are_bounded() {
        let base = Duration::from_secs(1);
        let waits: Vec<u64> = [1, 2, 3, 9, 10, 40].map(|n| backoff(base, n).as_secs()).into();
        assert_eq!(waits, [1, 2, 4, 256, 300, 300]);
    }
}
