//! The pages of orders.

pub mod checkout;
pub mod orders;
pub mod purchase;
pub mod purchases;
pub mod result;

pub use checkout::CheckoutPage;
pub use orders::{OrderPage, OrdersPage};
pub use purchase::PurchasePage;
pub use purchases::PurchasesPage;
pub use result::ResultPage;

use std::{fmt::Display, str::FromStr};

use contracts::error::ErrorCode;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{error::UiError, query::Query, ui::Tab};

/// Returns the ID in the address; error 404 for an invalid one.
fn id_of<T: FromStr>() -> impl Fn() -> Result<T, UiError> + Copy {
    let params = use_params_map();
    move || {
        let text = params.read().get("id").unwrap_or_default();
        text.parse().map_err(|_| UiError::new(ErrorCode::NotFound))
    }
}

/// Returns a tab of `path` for each status.
fn state_tabs<S: Copy + Display + FromStr + PartialEq>(
    path: &str,
    states: &[(&'static str, Option<S>)],
    query: &Query,
) -> Vec<Tab> {
    let current = query.read::<S>("status");
    let tab = |(label, state): &(&'static str, Option<S>)| {
        let word = state.map(|state| state.to_string()).unwrap_or_default();
        Tab::new(*label, query.with("status", &word).at(path), current == *state)
    };
    states.iter().map(tab).collect()
}
