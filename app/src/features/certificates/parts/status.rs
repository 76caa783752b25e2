//! The state of a certificate, in the words of the market.

use contracts::states::CertificateStatus;
use leptos::prelude::*;

use crate::ui::{StatusBadge, Tone};

/// Colour, icon and word of a state.
#[component]
pub(crate) fn CertificateStatusBadge(
    /// The state.
    status: CertificateStatus,
) -> impl IntoView {
    let (tone, label) = match status {
        CertificateStatus::Issued => (Tone::Ok, "Valid"),
        CertificateStatus::Reserved => (Tone::Info, "Reserved"),
        CertificateStatus::Redeemed => (Tone::Neutral, "Redeemed"),
        CertificateStatus::Suspended => (Tone::Warn, "On hold"),
        CertificateStatus::Expired => (Tone::Neutral, "Expired"),
        CertificateStatus::Revoked => (Tone::Bad, "Revoked"),
        CertificateStatus::Superseded => (Tone::Neutral, "Replaced"),
    };
    view! { <StatusBadge tone label/> }
}
