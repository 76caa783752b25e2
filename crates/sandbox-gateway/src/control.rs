//! The control API for deterministic tests. All calls but the list of events are `POST`; a body without required fields may be left out.
//!
//! | call | body | effect |
//! |---|---|---|
//! | `/v1/test/sessions/{id}/pay` | `card`, `delivery?`, `challenge?` (`approve`, `fail`) | what the payer does on the hosted page |
//! | `/v1/test/sessions/{id}/cancel` | – | the payer cancels |
//! | `/v1/test/payments/{id}/outcome` | `outcome` (`captured`, `failed`), `failure_code?`, `delivery?` | the bank answers for a payment that hangs |
//! | `GET /v1/test/events` | query `payment_id?` | events, oldest first, with their attempts and how many deliveries wait |
//! | `/v1/test/events/{id}/redeliver` | – | an additional delivery, now |
//! | `/v1/test/delivery_defaults` | `delivery` | default mode for payments without their own |
//! | `/v1/test/pause_webhooks`, `/v1/test/resume_webhooks` | – | hold deliveries back, continue them |
//! | `/v1/test/flush_webhooks` | – | one attempt for each queued delivery, even if it is not due; answers after all attempts with `{"data": [{event_id, type, payment_id, attempt, status, delivered}]}` |
//! | `/v1/test/advance_clock` | `seconds` | sessions expire, late deliveries fall due |
//! | `/v1/test/outage` | `down` (bool) | the merchant's API answers 503 while `down` is true |
//!
//! `delivery` is `{"mode": "now" | "twice" | "out_of_order" | "never"}` or `{"mode": "late", "seconds": n}`.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cards::{self, FailureCode};
use crate::config::Delivery;
use crate::error::ApiError;
use crate::flow::Step;
use crate::gateway::Gateway;
use crate::input::Fields;
use crate::model::Payment;
use crate::reply::{Reply, ok, require_key};
use crate::webhooks;

/// One day, the longest a delivery may be late.
const DAY: u32 = 86_400;

pub(crate) fn routes(gateway: Arc<Gateway>) -> Router<Arc<Gateway>> {
    Router::new()
        .route("/v1/test/sessions/{id}/pay", post(pay))
        .route("/v1/test/sessions/{id}/cancel", post(cancel))
        .route("/v1/test/payments/{id}/outcome", post(outcome))
        .route("/v1/test/events", get(events))
        .route("/v1/test/events/{id}/redeliver", post(redeliver))
        .route("/v1/test/delivery_defaults", post(delivery_defaults))
        .route("/v1/test/pause_webhooks", post(pause))
        .route("/v1/test/resume_webhooks", post(resume))
        .route("/v1/test/flush_webhooks", post(flush))
        .route("/v1/test/advance_clock", post(advance_clock))
        .route("/v1/test/outage", post(outage))
        .layer(from_fn_with_state(gateway, require_key))
}

fn delivery(fields: &mut Fields) -> Option<Delivery> {
    let chosen = fields.choice("delivery");
    if matches!(chosen, Some(Delivery::Late { seconds }) if seconds > DAY) {
        fields.refuse("delivery", format!("must not be later than {DAY} seconds"));
    }
    chosen
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Challenge {
    Approve,
    Fail,
}

async fn pay(State(gateway): State<Arc<Gateway>>, Path(id): Path<String>, body: Bytes) -> Reply {
    let (_, mut fields) = Fields::parse(&body)?;
    let card = cards::find(&fields.text("card", 30));
    if let Err(reason) = card {
        fields.refuse("card", reason);
    }
    let delivery = delivery(&mut fields);
    let challenge: Option<Challenge> = fields.choice("challenge");
    fields.finish()?;
    let card = card.map_err(|reason| ApiError::field("card", reason))?;
    gateway
        .change(|state, now| {
            let mut step = state.pay(&id, card, delivery, &gateway.config, now)?;
            if let (Step::Challenge, Some(answer)) = (step, challenge) {
                step = state.answer_challenge(&id, answer == Challenge::Approve, now)?;
            }
            let payment = state.payment(&state.session(&id)?.payment_id)?;
            Ok(json!({"step": step, "payment": payment.view()}))
        })
        .map(ok)
}

async fn cancel(State(gateway): State<Arc<Gateway>>, Path(id): Path<String>) -> Reply {
    gateway
        .change(|state, now| {
            state.cancel(&id, now)?;
            state.payment(&state.session(&id)?.payment_id).map(Payment::view)
        })
        .map(ok)
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Captured,
    Failed,
}

async fn outcome(State(gateway): State<Arc<Gateway>>, Path(id): Path<String>, body: Bytes) -> Reply {
    let (_, mut fields) = Fields::parse(&body)?;
    let outcome: Option<Outcome> = fields.choice("outcome");
    let code: Option<FailureCode> = fields.choice("failure_code");
    let delivery = delivery(&mut fields);
    fields.finish()?;
    let failure = match outcome.ok_or_else(|| ApiError::field("outcome", "is missing"))? {
        Outcome::Captured => None,
        Outcome::Failed => Some(code.unwrap_or(FailureCode::CardDeclined)),
    };
    gateway
        .change(|state, now| {
            state.resolve(&id, failure, delivery, now)?;
            state.payment(&id).map(Payment::view)
        })
        .map(ok)
}

#[derive(Deserialize)]
struct EventsQuery {
    payment_id: Option<String>,
}

async fn events(State(gateway): State<Arc<Gateway>>, Query(query): Query<EventsQuery>) -> Reply {
    let data: Vec<Value> = gateway.with(|state, _| {
        state
            .history
            .iter()
            .filter_map(|id| state.events.get(id))
            .filter(|event| query.payment_id.as_ref().is_none_or(|id| *id == event.payment_id))
            .map(|event| {
                let waiting = state.queue.iter().filter(|queued| queued.event_id == event.id).count();
                let mut view = serde_json::to_value(event).unwrap_or_default();
                if let Value::Object(map) = &mut view {
                    map.insert("queued".into(), waiting.into());
                }
                view
            })
            .collect()
    });
    Ok(ok(json!({"object": "list", "data": data})))
}

async fn redeliver(State(gateway): State<Arc<Gateway>>, Path(id): Path<String>) -> Reply {
    gateway.change(|state, now| {
        if !state.events.contains_key(&id) {
            return Err(ApiError::not_found("event"));
        }
        state.enqueue(std::slice::from_ref(&id), Delivery::Now, now);
        Ok(())
    })?;
    Ok(ok(json!({"event_id": id, "queued": true})))
}

async fn delivery_defaults(State(gateway): State<Arc<Gateway>>, body: Bytes) -> Reply {
    let (_, mut fields) = Fields::parse(&body)?;
    let chosen = delivery(&mut fields);
    fields.finish()?;
    let chosen = chosen.ok_or_else(|| ApiError::field("delivery", "is missing"))?;
    gateway.change(|state, _| state.delivery = chosen);
    Ok(ok(json!({"delivery": chosen})))
}

async fn pause(State(gateway): State<Arc<Gateway>>) -> Reply {
    gateway.change(|state, _| state.paused = true);
    // wait for the delivery in progress, so that nothing is sent after the answer
    drop(gateway.lane.lock().await);
    Ok(ok(json!({"paused": true})))
}

async fn resume(State(gateway): State<Arc<Gateway>>) -> Reply {
    gateway.change(|state, _| state.paused = false);
    Ok(ok(json!({"paused": false})))
}

async fn flush(State(gateway): State<Arc<Gateway>>) -> Reply {
    Ok(ok(json!({"data": webhooks::flush(&gateway).await})))
}

async fn advance_clock(State(gateway): State<Arc<Gateway>>, body: Bytes) -> Reply {
    let (_, mut fields) = Fields::parse(&body)?;
    let seconds = fields.integer("seconds", 1..=31_536_000, None);
    fields.finish()?;
    gateway.change(|state, _| {
        state.clock_offset_seconds = state.clock_offset_seconds.saturating_add(seconds);
    });
    let now = gateway.change(|_, now| now);
    Ok(ok(json!({"now": now})))
}

async fn outage(State(gateway): State<Arc<Gateway>>, body: Bytes) -> Reply {
    let (_, mut fields) = Fields::parse(&body)?;
    let down: Option<bool> = fields.choice("down");
    fields.finish()?;
    let down = down.ok_or_else(|| ApiError::field("down", "is missing"))?;
    gateway.change(|state, _| state.down = down);
    Ok(ok(json!({"down": down})))
}
