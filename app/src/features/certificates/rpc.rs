//! Server functions of the certificate pages.

use contracts::{
    certificates::{CertificateAction, CertificateQuery, CertificateSummary, CertificateView, CheckResult},
    ids::CertificateId,
    page::Page,
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::ssr::{ctx, redirect_to};
use crate::{error::UiError, rpc::Rpc};

/// Returns a page of the organisation's certificates, bought or sold.
#[server(prefix = "/rpc", endpoint = "certificate_list", protocol = Rpc)]
pub async fn certificate_list(
    #[server(default)] query: CertificateQuery,
) -> Result<Page<CertificateSummary>, UiError> {
    Ok(services::certificates::certificate_list(&ctx()?, query).await?)
}

/// Returns a certificate of the organisation.
#[server(prefix = "/rpc", endpoint = "certificate_get", protocol = Rpc)]
pub async fn certificate_get(id: CertificateId) -> Result<CertificateView, UiError> {
    Ok(services::certificates::certificate_get(&ctx()?, id).await?)
}

/// Checks a code or the text of a QR code publicly; the result contains the proof.
#[server(prefix = "/rpc", endpoint = "certificate_check", protocol = Rpc)]
pub async fn certificate_check(text: String) -> Result<CheckResult, UiError> {
    Ok(services::certificates::certificate_check(&ctx()?, &text, true).await?)
}

/// Finds the certificate of a scanned or typed code and redirects to its confirmation. The address contains the certificate's ID: the
/// code must not be in the history of a shared tablet.
#[server(prefix = "/rpc", endpoint = "certificate_scan", protocol = Rpc)]
pub async fn certificate_scan(code: String, #[server(default)] place: String) -> Result<(), UiError> {
    let found = services::certificates::certificate_for_redemption(&ctx()?, &code).await?;
    redirect_to(&super::place::redeem_address(Some(found.id), &place));
    Ok(())
}

/// Redeems a certificate and redirects to the result.
#[server(prefix = "/rpc", endpoint = "certificate_redeem", protocol = Rpc)]
pub async fn certificate_redeem(code: String, place: String) -> Result<(), UiError> {
    let command = contracts::certificates::RedeemCommand { code, place };
    let view = services::certificates::certificate_redeem(&ctx()?, command).await?;
    super::place::remember(view.redeemed_place.as_deref().unwrap_or_default());
    redirect_to(&format!("/redeem?done={}", view.id));
    Ok(())
}

/// Suspends, resumes or revokes a certificate; for administrators.
#[server(prefix = "/rpc", endpoint = "certificate_change", protocol = Rpc)]
pub async fn certificate_change(
    id: CertificateId,
    act: CertificateAction,
    reason: String,
    #[server(default)] confirmation: String,
) -> Result<(), UiError> {
    let command = contracts::certificates::CertificateChange { id, act, reason, confirmation };
    services::certificates::certificate_change(&ctx()?, command).await?;
    redirect_to(&format!("/certificates/{id}"));
    Ok(())
}
