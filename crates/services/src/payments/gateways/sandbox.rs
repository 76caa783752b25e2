//! Adapter to the sandbox gateway, over HTTP.

use std::time::{Duration, SystemTime};

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use contracts::money::{Currency, Money};
use futures::future::BoxFuture;
use reqwest::{Method, Response, StatusCode, Url, header::HeaderMap};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use standardwebhooks::{Webhook, WebhookError};

use crate::platform::{
    Capabilities, Gateway, GatewayError, GatewayPayment, GatewayPaymentStatus, GatewaySession,
    SessionRequest, WebhookEvent,
};

/// Maximum wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Maximum wait for a whole answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(8);
/// Maximum size of an answer, in bytes; the answers of the contract stay far below.
const MAX_ANSWER_BYTES: usize = 256 * 1024;
/// Minimum time a page is opened for; the sandbox refuses less.
const MIN_OPEN_TIME: TimeDelta = TimeDelta::minutes(1);
/// Minimum length of the signing secret, in bytes (Standard Webhooks: 24 to 64).
const MIN_SECRET_BYTES: usize = 24;

/// Address and secrets of the sandbox gateway.
#[derive(Clone)]
pub struct SandboxGatewaySettings {
    /// Origin of its API.
    pub url: String,
    /// Our key there.
    pub api_key: SecretString,
    /// What its events are signed with: `whsec_` and base64.
    pub webhook_secret: SecretString,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SandboxGatewayError {
    /// The address is not one.
    #[error("the payment provider's address is not a URL")]
    Url,
    /// The secret cannot be read or is too short to protect anything.
    #[error("the payment provider's webhook secret must be whsec_ followed by at least 24 bytes in base64")]
    Secret,
    /// The HTTP client could not start.
    #[error("the HTTP client cannot start")]
    Http(#[from] reqwest::Error),
}

/// Client of the sandbox gateway.
pub struct SandboxGateway {
    http: reqwest::Client,
    base: Url,
    api_key: SecretString,
    webhook: Webhook,
}

impl SandboxGateway {
    /// Creates the client; it connects on the first call.
    ///
    /// # Errors
    /// For an address or a secret that cannot work.
    pub fn new(settings: &SandboxGatewaySettings) -> Result<Self, SandboxGatewayError> {
        let base: Url = settings.url.parse().map_err(|_| SandboxGatewayError::Url)?;
        if base.cannot_be_a_base() {
            return Err(SandboxGatewayError::Url);
        }
        let secret = settings.webhook_secret.expose_secret();
        let bytes = STANDARD
            .decode(secret.strip_prefix("whsec_").unwrap_or(secret))
            .ok()
            .filter(|bytes| bytes.len() >= MIN_SECRET_BYTES)
            .ok_or(SandboxGatewayError::Secret)?;
        let webhook = Webhook::from_bytes(bytes).map_err(|_| SandboxGatewayError::Secret)?;
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(ANSWER_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(Self { http, base, api_key: settings.api_key.clone(), webhook })
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &[&str],
        body: Option<(&str, Value)>,
    ) -> Result<T, GatewayError> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| GatewayError::Refused("the address has no path".to_owned()))?
            .pop_if_empty()
            .extend(path);
        let mut request = self.http.request(method, url).bearer_auth(self.api_key.expose_secret());
        if let Some((key, body)) = body {
            request = request.header("idempotency-key", key).json(&body);
        }
        let response = request.send().await.map_err(|cause| GatewayError::Unreachable(cause.into()))?;
        let status = response.status();
        let bytes = read(response).await?;
        if status.is_success() {
            serde_json::from_slice(&bytes).map_err(|cause| GatewayError::Unreadable(cause.to_string()))
        } else {
            Err(refusal(status, &bytes))
        }
    }
}

impl SandboxGateway {
    /// Tells an event that is genuine and out of its time from one that is not genuine.
    fn refuse_event(&self, cause: &WebhookError, headers: &SignedHeaders<'_>, body: &[u8]) -> GatewayError {
        if !matches!(cause, WebhookError::TimestampTooOldError | WebhookError::FutureTimestampError) {
            return GatewayError::BadSignature;
        }
        let SignedHeaders { id, timestamp: stamp, signature } = *headers;
        let Ok(expected) = self.webhook.sign(id, stamp, body) else {
            return GatewayError::BadSignature;
        };
        let is_genuine = signature.split(' ').any(|given| is_same(given, &expected));
        if is_genuine { GatewayError::ClockSkew(unix_seconds() - stamp) } else { GatewayError::BadSignature }
    }
}

/// The verifier's clock: seconds since 1970 by this machine.
fn unix_seconds() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// Compares in a time that does not tell where two texts of one length differ.
fn is_same(given: &str, expected: &str) -> bool {
    let differing = given.bytes().zip(expected.bytes()).fold(0, |all, (one, other)| all | (one ^ other));
    given.len() == expected.len() && differing == 0
}

async fn read(mut response: Response) -> Result<Vec<u8>, GatewayError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|cause| GatewayError::Unreachable(cause.into()))? {
        if bytes.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(GatewayError::Unreadable("the answer is too long".to_owned()));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// A breakdown or a plea to wait leaves the outcome unknown, and so does a key that another request had: something is there.
/// Anything else is a refusal with the provider's code.
fn refusal(status: StatusCode, body: &[u8]) -> GatewayError {
    #[derive(Deserialize)]
    struct Answer {
        error: Said,
    }
    #[derive(Deserialize)]
    struct Said {
        code: String,
    }
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return GatewayError::Unreachable(format!("status {}", status.as_u16()).into());
    }
    let code = serde_json::from_slice::<Answer>(body).map(|answer| answer.error.code);
    if status == StatusCode::NOT_FOUND {
        // whatever stands between us and the provider may answer 404, too: only the provider's own word says that it knows nothing
        return match code {
            Ok(code) if code == "not_found" => GatewayError::NotFound,
            _ => GatewayError::Unreachable("status 404 without the provider's word".into()),
        };
    }
    match code {
        Ok(code) if code == "idempotency_key_reused" => GatewayError::Unreadable(code),
        Ok(code) => GatewayError::Refused(code),
        Err(_) => GatewayError::Refused(format!("status {}", status.as_u16())),
    }
}

#[derive(Deserialize)]
struct SessionAnswer {
    id: String,
    url: String,
    payment_id: String,
}

#[derive(Deserialize)]
struct PaymentAnswer {
    id: String,
    amount: i64,
    currency: String,
    reference: String,
    status: String,
    #[serde(default)]
    failure_code: Option<String>,
    captured_amount: i64,
    #[serde(default)]
    refunded_amount: i64,
    fee_amount: i64,
}

/// What the snapshot of a closed session tells of its payment.
#[derive(Deserialize)]
struct ClosedSession {
    payment_id: String,
    payment_status: String,
    amount: i64,
    currency: String,
    reference: String,
}

#[derive(Deserialize)]
struct EventBody {
    #[serde(rename = "type")]
    kind: String,
    data: Value,
}

fn payment_of(answer: PaymentAnswer) -> Result<GatewayPayment, GatewayError> {
    let unreadable = |what: &str| GatewayError::Unreadable(format!("{what} is unknown"));
    let currency: Currency = answer.currency.parse().map_err(|_| unreadable("the currency"))?;
    let status = match answer.status.as_str() {
        "requires_payment" => GatewayPaymentStatus::Open,
        "processing" => GatewayPaymentStatus::Processing,
        "authorised" => GatewayPaymentStatus::Authorised,
        "captured" | "partially_refunded" | "refunded" => GatewayPaymentStatus::Captured,
        "failed" | "cancelled" | "expired" => GatewayPaymentStatus::Failed,
        _ => return Err(unreadable("the payment's status")),
    };
    let failed = status == GatewayPaymentStatus::Failed;
    Ok(GatewayPayment {
        payment_id: answer.id,
        reference: answer.reference,
        status,
        amount: Money::new(answer.amount, currency),
        captured_minor: answer.captured_amount,
        refunded_minor: answer.refunded_amount,
        fee_minor: answer.fee_amount,
        // the sandbox knows no disputes
        dispute: None,
        failure_code: if failed { answer.failure_code.or(Some(answer.status)) } else { None },
    })
}

/// The payment an event is about. A closed page speaks of its payment too, as far as it was given up with it.
fn payment_of_event(event: &EventBody) -> Result<Option<GatewayPayment>, GatewayError> {
    let unreadable = |cause: serde_json::Error| GatewayError::Unreadable(cause.to_string());
    if event.kind.starts_with("payment.") {
        let answer = PaymentAnswer::deserialize(&event.data).map_err(unreadable)?;
        return payment_of(answer).map(Some);
    }
    if event.kind != "session.expired" {
        return Ok(None);
    }
    let session = ClosedSession::deserialize(&event.data).map_err(unreadable)?;
    if !matches!(session.payment_status.as_str(), "expired" | "cancelled" | "failed") {
        return Ok(None);
    }
    payment_of(PaymentAnswer {
        id: session.payment_id,
        amount: session.amount,
        currency: session.currency,
        reference: session.reference,
        status: session.payment_status,
        failure_code: None,
        captured_amount: 0,
        refunded_amount: 0,
        fee_amount: 0,
    })
    .map(Some)
}

/// The three headers of Standard Webhooks.
struct SignedHeaders<'a> {
    id: &'a str,
    /// Seconds since 1970.
    timestamp: i64,
    signature: &'a str,
}

impl<'a> SignedHeaders<'a> {
    /// Reads the headers; `None` when one is missing or implausible.
    fn read(headers: &'a HeaderMap) -> Option<Self> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let (id, stamp, signature) =
            (text("webhook-id")?, text("webhook-timestamp")?, text("webhook-signature")?);
        // the verifier subtracts this number from the clock before it looks at the signature: an extreme one would overflow
        let is_plausible = (9..=11).contains(&stamp.len()) && stamp.bytes().all(|byte| byte.is_ascii_digit());
        if !is_plausible || id.is_empty() || id.len() > 255 {
            return None;
        }
        Some(Self { id, timestamp: stamp.parse().ok()?, signature })
    }
}

impl Gateway for SandboxGateway {
    fn name(&self) -> &'static str {
        "sandbox"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { currencies: Currency::ALL, min_open_for: MIN_OPEN_TIME }
    }

    fn create_session<'a>(
        &'a self,
        request: &'a SessionRequest,
    ) -> BoxFuture<'a, Result<GatewaySession, GatewayError>> {
        Box::pin(async move {
            let body = json!({
                "amount": request.amount.amount_minor,
                "currency": request.amount.currency,
                "reference": request.reference,
                "description": request.description,
                "success_url": request.success_url,
                "cancel_url": request.cancel_url,
                "expires_in_seconds": request.open_for.num_seconds(),
            });
            let path = ["v1", "checkout_sessions"];
            let session: SessionAnswer =
                self.call(Method::POST, &path, Some((&request.idempotency_key, body))).await?;
            Ok(GatewaySession { session_id: session.id, payment_id: session.payment_id, url: session.url })
        })
    }

    fn status<'a>(
        &'a self,
        gateway_payment_id: &'a str,
    ) -> BoxFuture<'a, Result<GatewayPayment, GatewayError>> {
        Box::pin(async move {
            payment_of(self.call(Method::GET, &["v1", "payments", gateway_payment_id], None).await?)
        })
    }

    fn close<'a>(&'a self, gateway_session_id: &'a str) -> BoxFuture<'a, Result<(), GatewayError>> {
        Box::pin(async move {
            let path = ["v1", "checkout_sessions", gateway_session_id, "expire"];
            match self.call::<Value>(Method::POST, &path, None).await {
                Ok(_) => Ok(()),
                Err(GatewayError::Refused(code)) if code == "session_not_open" => Ok(()),
                Err(cause) => Err(cause),
            }
        })
    }

    fn parse_webhook(&self, headers: &HeaderMap, body: &[u8]) -> Result<WebhookEvent, GatewayError> {
        let signed = SignedHeaders::read(headers).ok_or(GatewayError::BadSignature)?;
        self.webhook.verify(body, headers).map_err(|cause| self.refuse_event(&cause, &signed, body))?;
        let unreadable = |cause: serde_json::Error| GatewayError::Unreadable(cause.to_string());
        let payload: Value = serde_json::from_slice(body).map_err(unreadable)?;
        let event = EventBody::deserialize(&payload).map_err(unreadable)?;
        let payment = payment_of_event(&event)?;
        Ok(WebhookEvent { event_id: signed.id.to_owned(), kind: event.kind, payment, payload })
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    const SECRET: &str = "whsec_c2FuZGJveC1vbmx5LXNlY3JldC1ub3QtZm9yLXVzZSE=";

    fn client(secret: &str) -> Result<SandboxGateway, SandboxGatewayError> {
        SandboxGateway::new(&SandboxGatewaySettings {
            url: "http://127.0.0.1:1".to_owned(),
            api_key: "key".to_owned().into(),
            webhook_secret: secret.to_owned().into(),
        })
    }

    fn signed_at(stamp: i64, body: &[u8]) -> HeaderMap {
        let signature = Webhook::new(SECRET).unwrap().sign("evt_1", stamp, body).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("webhook-id", HeaderValue::from_static("evt_1"));
        headers.insert("webhook-timestamp", HeaderValue::from_str(&stamp.to_string()).unwrap());
        headers.insert("webhook-signature", HeaderValue::from_str(&signature).unwrap());
        headers
    }

    fn signed(body: &[u8]) -> HeaderMap {
        signed_at(unix_seconds(), body)
    }

    fn with(mut headers: HeaderMap, name: &'static str, value: &str) -> HeaderMap {
        // as bytes: a header may hold what is no ASCII
        headers.insert(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        headers
    }

    #[test]
    fn an_event_is_read_only_when_its_signature_holds() {
        let client = client(SECRET).unwrap();
        let body = br#"{"type":"payment.captured","timestamp":"2026-03-02T09:00:00Z","data":{"id":"pay_1","amount":1000,
            "currency":"EUR","reference":"r","status":"captured","captured_amount":1000,"fee_amount":39}}"#;
        let payment = client.parse_webhook(&signed(body), body).unwrap().payment.unwrap();
        assert_eq!((payment.captured_minor, payment.status), (1000, GatewayPaymentStatus::Captured));
        let mut tampered = body.to_vec();
        tampered[60] ^= 1;
        assert!(matches!(client.parse_webhook(&signed(body), &tampered), Err(GatewayError::BadSignature)));
        let other_id = with(signed(body), "webhook-id", "evt_2");
        assert!(matches!(client.parse_webhook(&other_id, body), Err(GatewayError::BadSignature)));
    }

    #[test]
    fn a_genuine_event_out_of_its_time_tells_how_far_the_clocks_are_apart() {
        let client = client(SECRET).unwrap();
        let body = br#"{"type":"hello","data":{}}"#;
        let old = signed_at(unix_seconds() - 600, body);
        assert!(matches!(client.parse_webhook(&old, body), Err(GatewayError::ClockSkew(600..=610))));
        assert!(matches!(client.parse_webhook(&old, b"{}"), Err(GatewayError::BadSignature)));
        let early = signed_at(unix_seconds() + 600, body);
        assert!(matches!(client.parse_webhook(&early, body), Err(GatewayError::ClockSkew(-600..=-590))));
    }

    #[test]
    fn an_extreme_timestamp_is_refused_without_arithmetic() {
        let client = client(SECRET).unwrap();
        for timestamp in
            ["-9223372036854775808", "9223372036854775807", "", "12", "+1234567890", "1e9", "١٢٣٤٥٦٧٨٩"]
        {
            let headers = with(signed(b"{}"), "webhook-timestamp", timestamp);
            assert!(
                matches!(client.parse_webhook(&headers, b"{}"), Err(GatewayError::BadSignature)),
                "{timestamp}"
            );
        }
    }

    #[test]
    fn a_secret_that_protects_nothing_is_refused() {
        for secret in ["", "whsec_", "whsec_c2hvcnQ=", "whsec_???"] {
            assert!(matches!(client(secret), Err(SandboxGatewayError::Secret)), "{secret:?}");
        }
    }

    #[test]
    fn a_breakdown_is_unknown_and_a_refusal_is_not() {
        let refused =
            refusal(StatusCode::CONFLICT, br#"{"error":{"code":"session_not_open","message":"m"}}"#);
        assert!(matches!(refused, GatewayError::Refused(code) if code == "session_not_open"));
        let reused =
            refusal(StatusCode::CONFLICT, br#"{"error":{"code":"idempotency_key_reused","message":"m"}}"#);
        assert!(matches!(reused, GatewayError::Unreadable(_)), "a page may be open under this key");
        for status in
            [StatusCode::SERVICE_UNAVAILABLE, StatusCode::BAD_GATEWAY, StatusCode::TOO_MANY_REQUESTS]
        {
            assert!(matches!(refusal(status, b""), GatewayError::Unreachable(_)), "{status}");
        }
    }
}
