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

use contracts::{catalog::push_pair, error::ErrorCode};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{error::UiError, query::use_query, ui::Tab};

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
    let query = use_query();
    move || query.with(|query| (query.get("status").and_then(|word| word.parse().ok()), query.get("after")))
}

/// The addresses of other pages of a list under the same filter.
struct Pages {
    /// The first one, from a later one.
    first: Option<String>,
    /// The one after.
    next: Option<String>,
    /// All of this list as a file.
    export: String,
}

impl Pages {
    fn of(path: &str, export: &str, status: Option<&str>, here: Option<&str>, next: Option<&str>) -> Self {
        let address = |path: &str, after: Option<&str>| {
            let mut address = format!("{path}?");
            for (key, value) in [("status", status), ("after", after)] {
                if let Some(value) = value {
                    push_pair(&mut address, key, value);
                }
            }
            address.trim_end_matches('?').to_owned()
        };
        Self {
            first: here.map(|_| address(path, None)),
            next: next.map(|after| address(path, Some(after))),
            export: address(export, None),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_pages_of_a_list_keep_its_filter() {
        let pages = Pages::of("/orders", "/api/orders/export", Some("placed"), Some("x"), Some("y"));
        assert_eq!(pages.first.as_deref(), Some("/orders?status=placed"));
        assert_eq!(pages.next.as_deref(), Some("/orders?status=placed&after=y"));
        assert_eq!(pages.export, "/api/orders/export?status=placed");
        let only = Pages::of("/orders", "/api/orders/export", None, None, None);
        assert_eq!((only.first, only.next, only.export.as_str()), (None, None, "/api/orders/export"));
    }
}
