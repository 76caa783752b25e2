//! The layers between the network and the doors: request id, limits, who calls, cross-site defence, security headers, pages.

mod authenticate;
mod bodies;
mod check;
mod compress;
mod context;
mod csrf;
mod form_restore;
mod formats;
mod headers;
mod health;
mod legal;
mod listen;
mod made_for;
mod pages;
mod rate_limit;
mod refusal;
mod session;
mod static_page;
mod violations;

use std::{sync::Arc, time::Duration};

use axum::{Router, middleware, routing::get};
use services::platform::Platform;
use tower_http::{
    catch_panic::CatchPanicLayer, limit::RequestBodyLimitLayer, timeout::TimeoutLayer, trace::TraceLayer,
};

pub use app::features::identity::session::{SESSION_COOKIE, session_cookie};
pub use context::Ctx;
pub use legal::LegalPages;
pub use listen::{Limits, listen};
pub use pages::Site;
pub use rate_limit::RateLimit;
pub(crate) use static_page::{answer as static_page_answer, page as static_page_html, theme_of};

use self::bodies::{BodyBudget, BodyLimits};
use crate::{config::Mode, rest};

/// Maximum size of a request body, in bytes. Uploads (a certificate's PDF) fit; nothing larger is ever expected.
const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;
/// Maximum time for one request.
const MAX_REQUEST_TIME: Duration = Duration::from_secs(30);

/// What every layer and handler shares.
#[derive(Clone)]
pub struct AppState {
    /// The services' ground.
    pub platform: Arc<Platform>,
    /// The built pages and files.
    pub site: Arc<Site>,
    /// What the operator of the site has to say.
    pub legal: Arc<LegalPages>,
    /// The data are invented: every page says so.
    pub is_demo: bool,
    /// How strict to be.
    pub mode: Mode,
    /// How many proxies in front are trusted.
    pub trusted_proxies: usize,
    /// Requests per address.
    pub rate_limit: Arc<RateLimit>,
}

/// The whole application.
pub fn router(state: AppState) -> Router {
    // an error means that an earlier router of this process has done it
    let _ = any_spawner::Executor::init_tokio();
    let pages = Router::new()
        .route("/rpc/{*function}", axum::routing::post(pages::server_function))
        .route("/sign-out", axum::routing::post(session::sign_out))
        .route("/csp-reports", axum::routing::post(violations::receive))
        .route("/switch-organisation", axum::routing::post(session::switch))
        .route("/check", get(pages::page_or_file))
        .route("/check", axum::routing::post(check::check))
        .route("/terms", get(legal::page))
        .route("/privacy", get(legal::page))
        .route("/imprint", get(legal::page))
        .route("/contact", get(legal::page))
        .merge(rest::router())
        .fallback(pages::page_or_file)
        .layer(compress::anonymous_pages());
    Router::new()
        .merge(pages)
        .layer(middleware::from_fn(made_for::refuse_stale_page))
        .layer(middleware::from_fn_with_state(state.clone(), csrf::refuse_cross_site))
        .layer(middleware::from_fn_with_state(state.clone(), authenticate::authenticate))
        .layer(middleware::from_fn_with_state(state.clone(), rate_limit::limit))
        .route("/readyz", get(health::ready))
        .route("/healthz", get(health::alive))
        .route("/offline-shell", get(pages::offline))
        .layer(RequestBodyLimitLayer::new(MAX_BODY_BYTES))
        .layer(middleware::from_fn_with_state(BodyBudget::new(BodyLimits::default()), bodies::limit_body))
        .layer(TimeoutLayer::with_status_code(http::StatusCode::SERVICE_UNAVAILABLE, MAX_REQUEST_TIME))
        .layer(CatchPanicLayer::custom(headers::panic_answer))
        .layer(middleware::from_fn_with_state(state.clone(), refusal::render_error_page))
        .layer(middleware::from_fn_with_state(state.clone(), headers::secure))
        .layer(TraceLayer::new_for_http().make_span_with(context::request_span).on_request(()))
        .layer(middleware::from_fn_with_state(state.clone(), context::attach_request_context))
        .with_state(state)
}
