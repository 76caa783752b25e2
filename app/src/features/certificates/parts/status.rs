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
    let tone = match status {
        CertificateStatus::Issued => Tone::Ok,
        CertificateStatus::Reserved => Tone::Info,
        CertificateStatus::Suspended => Tone::Warn,
        CertificateStatus::Revoked => Tone::Bad,
        CertificateStatus::Redeemed | CertificateStatus::Expired | CertificateStatus::Superseded => {
            Tone::Neutral
        }
    };
    view! { <StatusBadge tone label=status.label()/> }
}
