//! The result of a check: word, colour, icon and time first, the proof below.

use contracts::certificates::{CheckResult, CheckState, LogPlace, LogProof, SignatureCheck};
use leptos::prelude::*;

use super::event_word;
use crate::ui::{
    Banner, CopyButton, DateTimeText, Description, DescriptionList, Disclosure, Glyph, Icon, IconSize, Tone,
};

fn look(state: CheckState) -> (&'static str, Icon, &'static str) {
    match state {
        CheckState::Valid => ("result result-ok", Icon::CheckCircle, "Valid"),
        CheckState::Redeemed => ("result result-warn", Icon::Undo, "Already redeemed"),
        CheckState::Expired => ("result result-bad", Icon::Clock, "Not valid: expired"),
        CheckState::Revoked => ("result result-bad", Icon::XCircle, "Not valid: revoked"),
        CheckState::Suspended => ("result result-warn", Icon::Pause, "On hold"),
        CheckState::Unconfirmed => ("result result-bad", Icon::Alert, "Cannot be confirmed"),
        CheckState::Forged => ("result result-bad", Icon::XCircle, "Not valid: forged"),
        CheckState::Unknown => ("result result-bad", Icon::Search, "Unknown certificate"),
        CheckState::Unreadable => ("result result-info", Icon::Info, "Code not recognised"),
    }
}

/// The complete result.
#[component]
pub(crate) fn Verdict(
    /// Answer of the check.
    result: CheckResult,
) -> impl IntoView {
    let (class, icon, word) = look(result.state);
    let redeemed = (result.state == CheckState::Redeemed).then(|| {
        result.changed_at.map(|at| view! { <p><strong>"Redeemed "<DateTimeText instant=at/></strong></p> })
    });
    let behind = result.log_behind.then(|| {
        view! {
            <Banner tone=Tone::Warn title="The transparency log is behind">
                <p>"Some entries have been waiting for more than a day. The result above comes from our own records; the log may not show the latest event yet."</p>
            </Banner>
        }
    });
    let facts = result.title.clone().map(|title| facts(title, result.clone()));
    let proof = result.log.clone().map(|place| view! { <Proof place proof=result.proof.clone()/> });
    view! {
        <section class=class role="status" aria-labelledby="verdict">
            <Glyph icon size=IconSize::Huge/>
            <h2 id="verdict">{word}</h2>
            <p class="lead">{result.reason.clone()}</p>
            {redeemed}
            <p class="muted small">"Checked "<DateTimeText instant=result.checked_at/></p>
        </section>
        {behind}
        {facts}
        {proof}
    }
}

fn facts(title: String, result: CheckResult) -> impl IntoView {
    let signature = match result.signature {
        SignatureCheck::Verified => "Valid: issued by HCTS and not altered",
        SignatureCheck::Wrong => "Not valid: forged or altered",
        SignatureCheck::Absent => "Not checked: a code alone has no signature",
    };
    let optional = |term: &'static str, instant: Option<chrono::DateTime<chrono::Utc>>| {
        instant.map(|instant| view! { <Description term=term><DateTimeText instant/></Description> })
    };
    view! {
        <DescriptionList>
            <Description term="Service">{title}</Description>
            <Description term="Provider">{result.provider}</Description>
            {optional("Issued", result.issued_at)}
            {optional("Redeem by", result.expires_at)}
            <Description term="Code"><span class="code">{result.code}</span></Description>
            <Description term="Signature">{signature}</Description>
        </DescriptionList>
    }
}

/// Position in the transparency log, with the data for verifying it independently.
#[component]
fn Proof(
    /// The position.
    place: LogPlace,
    /// The proof.
    proof: Option<LogProof>,
) -> impl IntoView {
    let latest = event_word(place.latest_event);
    let details = proof.map(|proof| {
        let whole = format!(
            "entry {}\nleaf {}\nindex {}\n{}\n\n{}",
            proof.entry,
            proof.leaf_hash,
            place.latest_index,
            proof.hashes.join("\n"),
            proof.checkpoint
        );
        view! {
            <p class="muted small">
                "Combined with the hashes below, the hash of this entry gives the tree root that HCTS signed. Any RFC 6962 verifier can repeat this check."
            </p>
            <pre class="proof code" tabindex="0">{whole.clone()}</pre>
            <CopyButton text=whole label="Copy proof"/>
        }
    });
    view! {
        <Disclosure summary="Proof from the transparency log">
            <DescriptionList>
                <Description term="Issued as">{format!("Entry {}", place.issued_index)}</Description>
                <Description term="Latest event">{format!("{latest}, entry {}", place.latest_index)}</Description>
                <Description term="As of">{format!("{} entries, signed ", place.tree_size)}<DateTimeText instant=place.as_of/></Description>
            </DescriptionList>
            {details}
        </Disclosure>
    }
}
