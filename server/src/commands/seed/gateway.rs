//! The payment provider of a market that is being made up: pages open at once, and payments end as they are told to.
//! It exists only inside `hcts seed`; its events carry no signature and no network leads to it.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use chrono::TimeDelta;
use contracts::money::Currency;
use futures::future::{BoxFuture, ready};
use http::HeaderMap;
use serde_json::{Value, json};
use services::platform::{
    Capabilities, Email, Gateway, GatewayError, GatewayPayment, GatewayPaymentStatus, GatewaySession,
    MailError, Mailer, SessionRequest, WebhookEvent,
};

/// A mailer that drops e-mail: the people of the demo market do not exist.
pub(super) struct Nobody;

impl Mailer for Nobody {
    fn send<'a>(&'a self, _: &'a Email) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(ready(Ok(())))
    }
}

/// The provider.
#[derive(Default)]
pub(super) struct SeedGateway {
    away: AtomicBool,
    book: Mutex<Book>,
}

/// Pages in the order they were opened; the latest page of a reference is the one that is paid.
#[derive(Default)]
struct Book {
    payments: BTreeMap<String, GatewayPayment>,
    keys: BTreeMap<String, String>,
    events: u32,
}

fn page_of(payment_id: &str) -> String {
    payment_id.replacen("pay", "page", 1)
}

fn session(payment_id: &str) -> GatewaySession {
    let session_id = page_of(payment_id);
    let url = format!("https://payments.demo.hcts.example/{session_id}");
    GatewaySession { session_id, payment_id: payment_id.to_owned(), url }
}

impl SeedGateway {
    /// The name its payments are stored with.
    pub(super) const NAME: &'static str = "sandbox";

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on nobody answers.
    pub(super) fn leave(&self) {
        self.away.store(true, Ordering::Relaxed);
    }

    fn answers(&self) -> Result<(), GatewayError> {
        if self.away.load(Ordering::Relaxed) {
            return Err(GatewayError::Unreachable("nobody answers".into()));
        }
        Ok(())
    }

    /// Ends the latest payment of `reference`: collected, or refused with a code. Answers the event to deliver.
    pub(super) fn end(&self, reference: &str, refusal: Option<&str>) -> Option<Vec<u8>> {
        let mut book = self.book();
        let payment = book.payments.values_mut().rev().find(|payment| payment.reference == reference)?;
        match refusal {
            None => {
                payment.status = GatewayPaymentStatus::Captured;
                payment.captured_minor = payment.amount.amount_minor;
                // 1.4 % and 25 minor units, as card payments cost
                payment.fee_minor = payment.amount.amount_minor * 14 / 1000 + 25;
            }
            Some(code) => {
                payment.status = GatewayPaymentStatus::Failed;
                payment.failure_code = Some(code.to_owned());
            }
        }
        let payment_id = payment.payment_id.clone();
        let kind = if refusal.is_none() { "payment.captured" } else { "payment.failed" };
        book.events += 1;
        let event =
            json!({ "id": format!("seed_evt_{:06}", book.events), "type": kind, "payment": payment_id });
        Some(event.to_string().into_bytes())
    }
}

impl Gateway for SeedGateway {
    /// The demo's server has the sandbox's adapter, which answers that it knows nothing of these payments.
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { currencies: Currency::ALL, min_open_for: TimeDelta::zero() }
    }

    fn create_session<'a>(
        &'a self,
        request: &'a SessionRequest,
    ) -> BoxFuture<'a, Result<GatewaySession, GatewayError>> {
        Box::pin(async move {
            self.answers()?;
            let mut book = self.book();
            if let Some(payment_id) = book.keys.get(&request.idempotency_key) {
                return Ok(session(payment_id));
            }
            let payment_id = format!("seed_pay_{:06}", book.payments.len() + 1);
            let payment = GatewayPayment {
                payment_id: payment_id.clone(),
                reference: request.reference.clone(),
                status: GatewayPaymentStatus::Open,
                amount: request.amount,
                captured_minor: 0,
                refunded_minor: 0,
                fee_minor: 0,
                dispute: None,
                failure_code: None,
            };
            book.payments.insert(payment_id.clone(), payment);
            book.keys.insert(request.idempotency_key.clone(), payment_id.clone());
            Ok(session(&payment_id))
        })
    }

    fn status<'a>(&'a self, payment_id: &'a str) -> BoxFuture<'a, Result<GatewayPayment, GatewayError>> {
        Box::pin(async move {
            self.answers()?;
            let found = self.book().payments.get(payment_id).cloned();
            found.ok_or_else(|| GatewayError::Refused("no such payment".to_owned()))
        })
    }

    fn close<'a>(&'a self, session_id: &'a str) -> BoxFuture<'a, Result<(), GatewayError>> {
        Box::pin(async move {
            self.answers()?;
            let mut book = self.book();
            let open = book.payments.values_mut().find(|payment| {
                payment.status == GatewayPaymentStatus::Open && page_of(&payment.payment_id) == session_id
            });
            if let Some(payment) = open {
                payment.status = GatewayPaymentStatus::Failed;
                payment.failure_code = Some("expired".to_owned());
            }
            Ok(())
        })
    }

    fn parse_webhook(&self, _: &HeaderMap, body: &[u8]) -> Result<WebhookEvent, GatewayError> {
        let unreadable = || GatewayError::Unreadable("not an event of ours".to_owned());
        let payload: Value =
            serde_json::from_slice(body).map_err(|cause| GatewayError::Unreadable(cause.to_string()))?;
        let word = |name: &str| payload.get(name).and_then(Value::as_str).map(str::to_owned);
        let (Some(event_id), Some(kind), Some(id)) = (word("id"), word("type"), word("payment")) else {
            return Err(unreadable());
        };
        let payment = self.book().payments.get(&id).cloned();
        Ok(WebhookEvent { event_id, kind, payment, payload })
    }
}
