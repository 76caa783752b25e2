//! Events of the payment provider: verified, kept word for word once, applied in the same transaction (law I7).

use chrono::TimeDelta;
use contracts::{error::ErrorCode, ids::PaymentId, permission::Permission};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use reqwest::header::HeaderMap;
use schema::gateway_events;
use serde_json::Value;

use super::apply::{Outcome, apply_to_payment};
use crate::{
    payments,
    platform::{
        Elevation, Error, GatewayError, OpCtx, Result, Tx, WebhookEvent,
        events::{Alert, GatewayEventEffect, PaymentsEvent},
        writable,
    },
};

/// Takes an event. It answers `Ok` only when the event is stored: anything else makes the provider send it again.
///
/// # Errors
/// `not_found` for a provider that is not configured; `webhook_refused` when the signature is missing, wrong or out of its time; `invalid_input` for a signed body that cannot be read.
pub async fn gateway_event_receive(
    ctx: &OpCtx,
    gateway: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<()> {
    let gateway = ctx.platform().gateways.find(gateway).ok_or_else(Error::not_found)?;
    let name = gateway.name();
    let event = match gateway.parse_webhook(headers, body) {
        Ok(event) if holds_null(&event.payload) => {
            return Err(Error::invalid_field(
                "body",
                "The request body contains a null character, which cannot be stored.",
            ));
        }
        Ok(event) => event,
        Err(GatewayError::BadSignature) => {
            ctx.raise(Alert::WebhookSignatureInvalid { gateway: name }).await?;
            return Err(Error::new(ErrorCode::WebhookRefused));
        }
        Err(GatewayError::ClockSkew(seconds)) => {
            alert_clock_skew(ctx, seconds).await?;
            return Err(Error::new(ErrorCode::WebhookRefused));
        }
        Err(cause) => {
            return Err(
                Error::invalid_field("body", "The request body is not a valid event.").caused_by(cause)
            );
        }
    };
    let received = Received { gateway: name, event, body: body.to_vec() };
    ctx.elevate(Elevation::ReceiveGatewayEvent)
        .tx("settlement.event", Permission::SystemManage, async move |tx| receive(tx, &received).await)
        .await
}

/// Tells the console once an hour how far our clock is ahead of that of the provider, which signed an event `seconds` ago, and of that
/// of the database: the pair shows whose clock is wrong. Events are refused until it is set right, and payments are asked about instead.
async fn alert_clock_skew(ctx: &OpCtx, seconds: i64) -> Result<()> {
    tracing::error!(
        seconds,
        "a correctly signed event of the payment provider has an implausible time: a clock is wrong"
    );
    ctx.elevate(Elevation::ReceiveGatewayEvent)
        .tx("settlement.clock_skew", Permission::SystemManage, async move |tx| {
            let alert = Alert::ClockSkewed {
                seconds_ahead_of_provider: seconds,
                seconds_ahead_of_database: writable::measure_seconds_ahead(tx).await?,
            };
            tx.raise_rarely(alert, TimeDelta::hours(1)).await
        })
        .await
}

/// Whether a text in `value` has the one character that PostgreSQL cannot store.
fn holds_null(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(holds_null),
        Value::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || holds_null(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// An event with the provider that sent it and its body, byte for byte.
#[derive(Clone)]
struct Received {
    gateway: &'static str,
    event: WebhookEvent,
    body: Vec<u8>,
}

/// Applies and stores the event unless it is known.
async fn receive(tx: &mut Tx, received: &Received) -> Result<()> {
    let Received { gateway, event, body } = received;
    // the payment is locked first: two deliveries of one event follow each other
    let reference = event.payment.as_ref().and_then(|payment| payment.reference.parse::<PaymentId>().ok());
    let mut state = match reference {
        Some(id) => match payments::payment_lock(tx, id).await {
            Ok(state) => Some(state),
            Err(error) if error.code == ErrorCode::NotFound => None,
            Err(error) => return Err(error),
        },
        None => None,
    };
    if is_known(tx, gateway, &event.event_id).await? {
        return Ok(());
    }
    let outcome = match (&mut state, &event.payment) {
        (Some(state), Some(payment)) => Some(apply_to_payment(tx, state, Some(gateway), payment).await?),
        _ => None,
    };
    let stored = match (outcome, &event.payment) {
        (Some(outcome), _) => outcome.to_event_effect(),
        (None, Some(_)) => GatewayEventEffect::Unmatched,
        (None, None) => GatewayEventEffect::Ignored,
    };
    if outcome != Some(Outcome::Applied) {
        let org_id = state.as_ref().map(|state| state.org_id);
        let (event_id, kind) = (event.event_id.clone(), event.kind.clone());
        tx.emit_for(org_id, PaymentsEvent::GatewayEventKept { event_id, kind, effect: stored }).await?;
    }
    diesel::insert_into(gateway_events::table)
        .values((
            gateway_events::gateway.eq(gateway),
            gateway_events::event_id.eq(&event.event_id),
            gateway_events::kind.eq(&event.kind),
            gateway_events::payload.eq(&event.payload),
            gateway_events::body.eq(body),
            gateway_events::payment_id.eq(state.map(|state| state.id.0)),
            gateway_events::effect.eq(stored.as_str()),
        ))
        .on_conflict_do_nothing()
        .execute(tx.conn()?)
        .await?;
    Ok(())
}

async fn is_known(tx: &mut Tx, gateway: &str, event_id: &str) -> Result<bool> {
    let row = gateway_events::table.find((gateway, event_id));
    Ok(diesel::select(diesel::dsl::exists(row)).get_result(tx.conn()?).await?)
}
