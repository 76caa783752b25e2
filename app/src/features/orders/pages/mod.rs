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
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{error::UiError, ui::Tab};

/// The id in the address; one that cannot be read names nothing.
fn id_of<T: FromStr>() -> impl Fn() -> Result<T, UiError> + Copy {
    let params = use_params_map();
    move || {
        let text = params.read().get("id").unwrap_or_default();
        text.parse().map_err(|_| UiError::new(ErrorCode::NotFound))
    }
}

/// The filter and the cursor in the address; an unknown state filters nothing.
fn filter_of<T: FromStr>() -> impl Fn() -> (Option<T>, Option<String>) + Copy {
    let query = use_query_map();
    move || query.with(|query| (query.get("status").and_then(|word| word.parse().ok()), query.get("after")))
}

/// The address of the next page of `path` under the same filter.
fn next_page(path: &str, status: Option<&str>, after: &str) -> String {
    match status {
        Some(status) => format!("{path}?status={status}&after={after}"),
        None => format!("{path}?after={after}"),
    }
}

/// A tab of `path` for each state.
fn state_tabs<S: Copy + Display + PartialEq>(
    path: &str,
    states: &[(&'static str, Option<S>)],
    current: Option<S>,
) -> Vec<Tab> {
    let tab = |(label, state): &(&'static str, Option<S>)| {
        let href = state.map_or_else(|| path.to_owned(), |state| format!("{path}?status={state}"));
        Tab::new(*label, href, current == *state)
    };
    states.iter().map(tab).collect()
}
