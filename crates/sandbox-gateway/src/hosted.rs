//! The hosted payment page and its forms, as the payer uses them.

use std::sync::Arc;

use axum::Form;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use reqwest::Url;
use serde::Deserialize;

use crate::cards::{self, TestCard};
use crate::config::Delivery;
use crate::error::{ApiError, FieldError};
use crate::flow::Step;
use crate::gateway::Gateway;
use crate::html;
use crate::model::{Payment, PaymentStatus, Session, SessionStatus};
use crate::state::State as Memory;

/// Maximum delay of events that a tester can choose, in seconds.
const MAX_DELAY_SECONDS: u32 = 86_400;

pub(crate) fn routes() -> Router<Arc<Gateway>> {
    Router::new()
        .route("/pay/{id}", get(page).post(pay))
        .route("/pay/{id}/challenge", get(challenge).post(answer))
        .route("/pay/{id}/cancel", post(cancel))
        .route("/assets/pay.css", get(stylesheet))
}

/// Input of the payment form; kept for the duration of the request only.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct PayForm {
    pub(crate) number: String,
    pub(crate) expiry: String,
    pub(crate) cvc: String,
    pub(crate) name: String,
    /// Number of a test card chosen with its button.
    pub(crate) test_card: String,
    pub(crate) delivery: String,
    pub(crate) late_seconds: String,
}

/// State of a payment as a page shows it.
pub(crate) struct Shown {
    pub(crate) merchant: String,
    pub(crate) session: Session,
    pub(crate) payment: Payment,
    pub(crate) down: bool,
}

impl Shown {
    fn read(gateway: &Gateway, id: &str) -> Result<Self, Box<Response>> {
        let read = |state: &mut Memory, _| {
            let session = state.session(id)?.clone();
            let payment = state.payment(&session.payment_id)?.clone();
            let down = state.outages.contains_key(&payment.id);
            Ok(Self { merchant: gateway.config.merchant_name.clone(), session, payment, down })
        };
        gateway.with(read).map_err(|_: ApiError| Box::new(bare(StatusCode::NOT_FOUND, html::not_found())))
    }

    /// Returns the address that the browser returns to. It carries only the session's ID: the merchant must query the outcome.
    pub(crate) fn return_url(&self) -> String {
        use PaymentStatus::{Authorised, Captured, PartiallyRefunded, Processing, Refunded};
        let target = match self.payment.status {
            Processing | Authorised | Captured | PartiallyRefunded | Refunded => &self.session.success_url,
            _ => &self.session.cancel_url,
        };
        Url::parse(target).map_or_else(
            |_| target.clone(),
            |mut url| {
                url.query_pairs_mut().append_pair("session_id", &self.session.id);
                url.into()
            },
        )
    }

    /// Returns a page of this session. Its policy allows the merchant's origins, because browsers apply `form-action` to redirects.
    fn answer(&self, status: StatusCode, page: String) -> Response {
        let origins: Vec<String> = [&self.session.success_url, &self.session.cancel_url]
            .into_iter()
            .filter_map(|text| Url::parse(text).ok())
            .map(|url| url.origin().ascii_serialization())
            .collect();
        with_policy(status, page, &origins.join(" "))
    }
}

fn bare(status: StatusCode, page: String) -> Response {
    with_policy(status, page, "")
}

fn with_policy(status: StatusCode, page: String, form_targets: &str) -> Response {
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'; \
         form-action 'self' {form_targets}"
    );
    let mut response = (status, Html(page)).into_response();
    let headers = response.headers_mut();
    let fixed = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let policy = HeaderValue::from_str(&policy)
        .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'; form-action 'self'"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

async fn stylesheet() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, include_str!("pay.css")).into_response()
}

async fn page(State(gateway): State<Arc<Gateway>>, Path(id): Path<String>) -> Response {
    Shown::read(&gateway, &id).map_or_else(|refused| *refused, |shown| present(&shown))
}

/// Returns the page for the current state of the session.
fn present(shown: &Shown) -> Response {
    match (shown.session.status, shown.payment.status) {
        _ if shown.down => shown.answer(StatusCode::SERVICE_UNAVAILABLE, html::down_page(shown)),
        (SessionStatus::Open, PaymentStatus::RequiresPayment) if shown.session.challenge => {
            Redirect::to(&format!("/pay/{}/challenge", shown.session.id)).into_response()
        }
        (SessionStatus::Open, PaymentStatus::RequiresPayment) => {
            shown.answer(StatusCode::OK, html::pay(shown, &PayForm::default(), &[]))
        }
        (SessionStatus::Open, _) => shown.answer(StatusCode::OK, html::unknown_page(shown)),
        (SessionStatus::Expired, _) => shown.answer(StatusCode::GONE, html::expired_page(shown)),
        _ => Redirect::to(&shown.return_url()).into_response(),
    }
}

async fn pay(
    State(gateway): State<Arc<Gateway>>,
    Path(id): Path<String>,
    Form(form): Form<PayForm>,
) -> Response {
    let shown = match Shown::read(&gateway, &id) {
        Ok(shown) => shown,
        Err(refused) => return *refused,
    };
    let read = gateway.with(|_, now| read_form(&form, now));
    let (card, delivery) = match read {
        Ok(read) => read,
        Err(errors) => {
            let page = html::pay(&shown, &form, &errors);
            return shown.answer(StatusCode::UNPROCESSABLE_ENTITY, page);
        }
    };
    let paid = gateway.change(|state, now| state.pay(&id, card, delivery, &gateway.config, now));
    follow(&gateway, &id, paid)
}

/// Redirects the browser after a step. After a step that came too late, such as a second click, it shows the current state.
fn follow(gateway: &Gateway, id: &str, step: Result<Step, ApiError>) -> Response {
    match step {
        Ok(Step::Challenge) => Redirect::to(&format!("/pay/{id}/challenge")).into_response(),
        Ok(Step::Unknown) | Err(_) => Redirect::to(&format!("/pay/{id}")).into_response(),
        Ok(Step::Return | Step::Down) => {
            Shown::read(gateway, id).map_or_else(|refused| *refused, |shown| present(&shown))
        }
    }
}

async fn challenge(State(gateway): State<Arc<Gateway>>, Path(id): Path<String>) -> Response {
    match Shown::read(&gateway, &id) {
        Ok(shown) if shown.session.challenge => shown.answer(StatusCode::OK, html::challenge(&shown)),
        Ok(_) => Redirect::to(&format!("/pay/{id}")).into_response(),
        Err(refused) => *refused,
    }
}

#[derive(Deserialize)]
struct AnswerForm {
    result: String,
}

async fn answer(
    State(gateway): State<Arc<Gateway>>,
    Path(id): Path<String>,
    Form(form): Form<AnswerForm>,
) -> Response {
    let passed = form.result == "approve";
    let step = gateway.change(|state, now| state.answer_challenge(&id, passed, now));
    follow(&gateway, &id, step)
}

async fn cancel(State(gateway): State<Arc<Gateway>>, Path(id): Path<String>) -> Response {
    let step = gateway.change(|state, now| state.cancel(&id, now));
    follow(&gateway, &id, step)
}

type Read = Result<(&'static TestCard, Option<Delivery>), Vec<FieldError>>;

fn read_form(form: &PayForm, now: chrono::DateTime<chrono::Utc>) -> Read {
    let mut errors = Vec::new();
    let mut refuse = |field: &str, reason: &str| {
        errors.push(FieldError { field: field.into(), reason: reason.into() });
    };
    let one_click = !form.test_card.is_empty();
    let card = cards::find(if one_click { &form.test_card } else { &form.number });
    if let Err(reason) = card {
        refuse("number", reason);
    }
    if !one_click {
        let _: Result<(), ()> = cards::check_expiry(&form.expiry, now).map_err(|e| refuse("expiry", e));
        let _: Result<(), ()> = cards::check_cvc(&form.cvc).map_err(|e| refuse("cvc", e));
        let name = form.name.trim();
        if name.is_empty() {
            refuse("name", "Enter the name on the card.");
        } else if name.chars().count() > 100 {
            refuse("name", "The name must be at most 100 characters.");
        }
    }
    let delivery = match form.delivery.as_str() {
        "now" => Some(Delivery::Now),
        "twice" => Some(Delivery::Twice),
        "out_of_order" => Some(Delivery::OutOfOrder),
        "never" => Some(Delivery::Never),
        "late" => {
            let seconds =
                form.late_seconds.trim().parse().ok().filter(|seconds| *seconds <= MAX_DELAY_SECONDS);
            if seconds.is_none() {
                refuse("late_seconds", "Enter a whole number of seconds from 0 to 86400.");
            }
            seconds.map(|seconds| Delivery::Late { seconds })
        }
        _ => None,
    };
    match card {
        Ok(card) if errors.is_empty() => Ok((card, delivery)),
        _ => Err(errors),
    }
}
