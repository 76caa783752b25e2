//! The status of a certificate as a badge.

use contracts::states::CertificateStatus;
use leptos::prelude::*;

use crate::ui::{StatusBadge, Tone};

/// Badge of a certificate's status.
#[component]
pub(crate) fn CertificateStatusBadge(
    /// The status.
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
