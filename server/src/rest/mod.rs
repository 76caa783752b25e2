//! The documented door: REST with problem details (RFC 9457) and OpenAPI 3.1. One file a domain; handlers parse, call and map.

mod analytics;
mod answer;
mod cart;
mod catalog;
mod certificates;
mod compliance;
mod download;
mod extract;
mod orders;
mod payments;
mod problem;
mod read;
mod reference;
mod session;

use axum::{Json, Router, routing::get};
use contracts::{
    catalog::ServiceSort,
    certificates::{CertificateFilter, CertificateSort},
    compliance::OrganisationSort,
    orders::TradeSort,
    page::{FileFormat, PageSize},
};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        self, Content, ObjectBuilder, PathItem, Ref, RefOr, Required, Response, SchemaFormat, Type,
        path::{ParameterBuilder, ParameterIn},
        security::{ApiKey, ApiKeyValue, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;

pub(crate) use extract::{Form, Query, Upload};
pub use problem::Problem;
pub(crate) use problem::Refused;

use self::problem::ProblemBody;
use crate::web::{AppState, SESSION_COOKIE};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "HCTS API",
        description = "A business-to-business market for healthcare services. Amounts are integers in minor units with an ISO 4217 \
                       currency; errors are problem details (RFC 9457) with a stable code. Every response carries an x-request-id header.\n\n\
                       Callers are identified by a session cookie, which `POST /api/sessions` returns. Every request that changes \
                       something must come from this site's own origin: send `Origin` with the scheme and host of this site, or \
                       `Sec-Fetch-Site: same-origin`, as browsers do automatically. Without either, the request is refused with 403 \
                       `cross_site_request`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(CertificateFilter, CertificateSort, FileFormat, OrganisationSort, PageSize, ProblemBody, ServiceSort, TradeSort)),
    modifiers(&SessionScheme)
)]
struct Document;

/// How a caller proves who it is: the cookie of a signed-in browser, named `session` in operations.
struct SessionScheme;

impl Modify for SessionScheme {
    fn modify(&self, document: &mut openapi::OpenApi) {
        let what = "The session that `POST /api/sessions` opens. Requests that change something also need `Origin`, or \
                    `Sec-Fetch-Site: same-origin`.";
        let scheme =
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(SESSION_COOKIE, what)));
        document.components.get_or_insert_default().add_security_scheme("session", scheme);
    }
}

/// A request that changes something and carries the cookie must say that it comes from this site.
fn tell_origin(document: &mut openapi::OpenApi) {
    let origin = ParameterBuilder::new()
        .name("Origin")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("Scheme and host of this site. Required with the session cookie unless `Sec-Fetch-Site: same-origin` is sent."))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::Custom("uri".to_owned())))))
        .build();
    for PathItem { post, .. } in document.paths.paths.values_mut() {
        for operation in post.iter_mut().filter(|operation| operation.security.is_some()) {
            operation.parameters.get_or_insert_default().push(RefOr::T(origin.clone()));
        }
    }
}

/// Whatever else an operation answers, it may refuse: with problem details.
fn tell_refusals(document: &mut openapi::OpenApi) {
    let body = Content::new(Some(Ref::from_schema_name("ProblemBody")));
    let mut refusal = Response::new("An error; `code` says which");
    refusal.content.insert("application/problem+json".to_owned(), RefOr::T(body));
    for PathItem { get, post, .. } in document.paths.paths.values_mut() {
        for operation in [get, post].into_iter().flatten() {
            operation.responses.responses.insert("default".to_owned(), RefOr::T(refusal.clone()));
        }
    }
}

fn operations() -> (Router<AppState>, openapi::OpenApi) {
    let (router, mut document) = OpenApiRouter::with_openapi(Document::openapi())
        .merge(catalog::router())
        .merge(certificates::router())
        .merge(analytics::router())
        .merge(orders::router())
        .merge(compliance::router())
        .merge(payments::router())
        .merge(session::router())
        .merge(cart::router())
        .split_for_parts();
    tell_refusals(&mut document);
    tell_origin(&mut document);
    (router, document)
}

/// The OpenAPI document, as `GET /api/openapi.json` and `hcts openapi` give it.
pub fn openapi() -> openapi::OpenApi {
    operations().1
}

/// Every REST route.
pub fn router() -> Router<AppState> {
    let (router, document) = operations();
    router
        .merge(certificates::public_router())
        .route("/api/openapi.json", get(async move || Json(document.clone())))
        .route("/api", get(reference::reference_page))
}
