//! Components for payments.

use contracts::states::PaymentStatus;
use leptos::prelude::*;

use crate::ui::{StatusBadge, Tone, format_decimal};

/// Badge of a payment's status.
#[component]
pub fn PaymentBadge(
    /// The status.
    status: PaymentStatus,
) -> impl IntoView {
    let (tone, label) = match status {
        PaymentStatus::Created => (Tone::Neutral, "Not started"),
        PaymentStatus::Pending => (Tone::Info, "Awaiting payment"),
        PaymentStatus::Authorised => (Tone::Info, "Authorised"),
        PaymentStatus::Captured => (Tone::Ok, "Paid"),
        PaymentStatus::PartiallyRefunded => (Tone::Warn, "Partially refunded"),
        PaymentStatus::Refunded => (Tone::Neutral, "Refunded"),
        PaymentStatus::Failed => (Tone::Bad, "Failed"),
        PaymentStatus::Disputed => (Tone::Warn, "Disputed"),
        PaymentStatus::Won => (Tone::Ok, "Dispute won"),
        PaymentStatus::Lost => (Tone::Bad, "Dispute lost"),
        PaymentStatus::Unknown => (Tone::Warn, "Not confirmed yet"),
    };
    view! { <StatusBadge tone label/> }
}

/// Returns a rate in words, from hundredths of a percent: `8%`, `2.5%`.
pub fn percent(basis_points: u32) -> String {
    let (whole, rest) = (basis_points / 100, basis_points % 100);
    let digits = if rest == 0 { String::new() } else { format!("{rest:02}") };
    [&format_decimal(whole.into(), digits.trim_end_matches('0')), "%"].concat()
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn rates_read_as_percent() {
        let shown = [800, 250, 5, 10_000].map(percent);
        assert_eq!(shown, ["8%", "2.5%", "0.05%", "100%"]);
    }
}
