//! The certificate as a sheet; screen and print show the same.

use contracts::{
    catalog::ICD11_ATTRIBUTION,
    certificates::{CertificateEventKind, CertificateView},
};
use leptos::prelude::*;

use super::CertificateStatusBadge;
use crate::{
    features::catalog::parts::Attribution,
    frame::paths,
    ui::{CopyButton, DateTimeText, Description, DescriptionList},
};

/// QR code as SVG, with its quiet zone.
#[component]
pub(crate) fn QrCode(
    /// One SVG path in a square of `modules` units.
    path: String,
    /// Width of the square in modules.
    modules: u32,
) -> impl IntoView {
    view! {
        <svg class="qr" viewBox=format!("0 0 {modules} {modules}") role="img" aria-label="QR code of this certificate" shape-rendering="crispEdges">
            <rect width=modules height=modules fill="#fff"></rect>
            <path d=path fill="#000"></path>
        </svg>
    }
}

/// The sheet of a certificate.
#[component]
pub(crate) fn Sheet(
    /// The certificate.
    certificate: CertificateView,
) -> impl IntoView {
    let codes = (!certificate.codes.is_empty()).then(|| codes(&certificate));
    let leaf = certificate.events.first().and_then(|event| event.leaf_index);
    let place = match leaf {
        Some(index) => format!("entry {index} of {}", certificate.log),
        None if certificate.log_paused => {
            "not added yet; the log is paused while HCTS restores its records".to_owned()
        }
        None => "being added; this takes a few seconds".to_owned(),
    };
    let check = [certificate.issuer.trim_end_matches('/'), paths::CHECK].concat();
    view! {
        <article class="document certificate" aria-label="Certificate">
            <header class="spread">
                <p class="certificate-brand">"HCTS"</p>
                <CertificateStatusBadge status=certificate.status/>
            </header>
            <h2 class="certificate-title">{certificate.title.clone()}</h2>
            <p class="muted">{format!("One unit ({} of {})", certificate.unit, certificate.units)}</p>
            <div class="certificate-body">
                <div>
                    <DescriptionList>
                        <Description term="Provider">{certificate.provider.clone()}</Description>
                        <Description term="Location">{certificate.provider_place.clone()}</Description>
                        {codes}
                        <Description term="Issued"><DateTimeText instant=certificate.issued_at/></Description>
                        <Description term="Redeem by"><strong><DateTimeText instant=certificate.expires_at/></strong></Description>
                        <Description term="Issued by">{certificate.issuer.clone()}</Description>
                    </DescriptionList>
                </div>
                <div class="certificate-code">
                    <QrCode path=certificate.qr_path.clone() modules=certificate.qr_modules/>
                    <p class="code certificate-number">{certificate.code.clone()}</p>
                    <p class="no-print"><CopyButton text=certificate.code.clone() label="Copy code"/></p>
                </div>
            </div>
            <footer class="certificate-proof small">
                <p class="print-only"><span class="muted">"Check this certificate at "</span>{check}</p>
                <p><span class="muted">"Transparency log: "</span>{place}</p>
                <p><span class="muted">"Fingerprint (SHA-256): "</span><span class="code">{certificate.fingerprint.clone()}</span></p>
                <p><span class="muted">"Signed with Ed25519 key "</span><span class="code">{certificate.key_id.clone()}</span></p>
                <ol class="certificate-terms">
                    <li>"Valid for one unit of this service from this provider until the date shown."</li>
                    <li>"Can be redeemed once. Copies are not valid separately."</li>
                    <li>"Contains no personal data and no price. The holder and the provider agree who uses it."</li>
                    <li>"Ends when it expires or is revoked. Altered certificates are void."</li>
                </ol>
            </footer>
        </article>
    }
}

fn codes(certificate: &CertificateView) -> impl IntoView + use<> {
    let term = certificate
        .icd11_release
        .as_ref()
        .map_or_else(|| "ICD-11".to_owned(), |release| format!("ICD-11 ({release})"));
    let lines: Vec<_> = certificate
        .codes
        .iter()
        .map(|(code, title)| view! { <span class="certificate-icd"><span class="code">{code.clone()}</span>" "{title.clone()}</span> })
        .collect();
    view! {
        <Description term=term>
            {lines}
            <Attribution text=ICD11_ATTRIBUTION/>
        </Description>
    }
}

/// Returns the event in words.
pub(in crate::features::certificates) const fn event_word(kind: CertificateEventKind) -> &'static str {
    match kind {
        CertificateEventKind::Issued => "Issued",
        CertificateEventKind::Redeemed => "Redeemed",
        CertificateEventKind::Suspended => "Put on hold",
        CertificateEventKind::Resumed => "Hold removed",
        CertificateEventKind::Expired => "Expired",
        CertificateEventKind::Revoked => "Revoked",
        CertificateEventKind::Superseded => "Replaced",
    }
}
