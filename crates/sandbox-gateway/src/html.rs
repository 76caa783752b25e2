//! The HTML of the pages. All external text passes through [`escape`].

use std::fmt::Write;

use crate::cards::CARDS;
use crate::error::FieldError;
use crate::hosted::{PayForm, Shown};
use crate::money;

/// Escapes text for HTML text and quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

fn document(title: &str, main: &str) -> String {
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>{title} · Sandbox payment provider</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/pay.css">
</head>
<body>
<header><p><strong>Sandbox payment provider</strong> <span>No real money moves here. Never enter a real card.</span></p></header>
<main>
{main}
</main>
</body>
</html>
"#
    )
}

fn order(shown: &Shown) -> String {
    let amount = money::display(shown.payment.amount, &shown.payment.currency);
    format!(
        r#"<section class="order" aria-labelledby="order">
<h2 id="order">{merchant}</h2>
<p class="amount">{amount}</p>
<dl>
<div><dt>Payment for</dt><dd>{description}</dd></div>
<div><dt>Reference</dt><dd class="code">{reference}</dd></div>
<div><dt>Pay by</dt><dd>{until}</dd></div>
</dl>
</section>"#,
        merchant = escape(&shown.merchant),
        description = escape(&shown.session.description),
        reference = escape(&shown.payment.reference),
        until = shown.session.expires_at.format("%-d %B %Y, %H:%M UTC"),
    )
}

/// Returns the payment form with the errors of the last try. Card number and security code are never sent back.
pub(crate) fn pay(shown: &Shown, form: &PayForm, errors: &[FieldError]) -> String {
    let amount = money::display(shown.payment.amount, &shown.payment.currency);
    let id = &shown.session.id;
    let mut fields = String::new();
    for (name, label, hint, value, attributes) in [
        ("number", "Card number", "", "", r#"inputmode="numeric" autocomplete="off" maxlength="24""#),
        ("expiry", "Expiry date", "MM/YY", form.expiry.as_str(), r#"autocomplete="off" maxlength="7""#),
        (
            "cvc",
            "Security code",
            "3 or 4 digits",
            "",
            r#"inputmode="numeric" autocomplete="off" maxlength="4""#,
        ),
        ("name", "Name on card", "", form.name.as_str(), r#"autocomplete="off" maxlength="100""#),
    ] {
        fields.push_str(&field(name, label, hint, value, attributes, errors));
    }
    let title = if errors.is_empty() { "Pay" } else { "Error: pay" };
    let main = format!(
        r#"<h1>Pay {amount}</h1>
<div class="columns">
{order}
<div>
{summary}<form class="pay" method="post" action="/pay/{id}" novalidate>
<div class="fields">{fields}</div>
<button class="primary">Pay {amount}</button>
<section aria-labelledby="cards">
<h2 id="cards">Or pay with a test card</h2>
<p class="hint">Selecting a card pays immediately.</p>
<ul class="cards">{cards}</ul>
</section>
{delivery}
</form>
<form method="post" action="/pay/{id}/cancel"><button class="quiet">Cancel and return to {merchant}</button></form>
</div>
</div>"#,
        order = order(shown),
        summary = error_summary(errors),
        cards = card_buttons(),
        delivery = delivery(form, errors),
        merchant = escape(&shown.merchant),
    );
    document(title, &main)
}

fn complaint<'a>(field: &str, errors: &'a [FieldError]) -> Option<&'a str> {
    errors.iter().find(|error| error.field == field).map(|error| error.reason.as_str())
}

fn field(
    name: &str,
    label: &str,
    hint: &str,
    value: &str,
    attributes: &str,
    errors: &[FieldError],
) -> String {
    let wrong = complaint(name, errors);
    let mut described = Vec::new();
    let mut notes = String::new();
    if !hint.is_empty() {
        described.push(format!("{name}-hint"));
        notes.push_str(&format_note(name, "hint", hint));
    }
    if let Some(reason) = wrong {
        described.push(format!("{name}-error"));
        notes.push_str(&format_note(name, "error", reason));
    }
    let described = if described.is_empty() {
        String::new()
    } else {
        format!(r#" aria-describedby="{}""#, described.join(" "))
    };
    let invalid = if wrong.is_some() { r#" aria-invalid="true""# } else { "" };
    format!(
        r#"<div class="field {name}"><label for="{name}">{label}</label>{notes}<input id="{name}" name="{name}" value="{value}" required {attributes}{described}{invalid}></div>"#,
        value = escape(value),
    )
}

fn format_note(name: &str, kind: &str, text: &str) -> String {
    format!(r#"<p class="{kind}" id="{name}-{kind}">{}</p>"#, escape(text))
}

fn error_summary(errors: &[FieldError]) -> String {
    if errors.is_empty() {
        return String::new();
    }
    let mut items = String::new();
    for error in errors {
        // writing to a String cannot fail
        let _ = write!(items, r##"<li><a href="#{}">{}</a></li>"##, error.field, escape(&error.reason));
    }
    format!(
        r#"<div class="summary" role="alert"><h2>Check your entries</h2><p>Nothing was charged.</p><ul>{items}</ul></div>
"#
    )
}

fn card_buttons() -> String {
    let mut out = String::new();
    for card in &CARDS {
        let number: Vec<&str> =
            [0..4, 4..8, 8..12, 12..16].into_iter().filter_map(|r| card.number.get(r)).collect();
        let _ = write!(
            out,
            r#"<li><button name="test_card" value="{}" formnovalidate><span>{}</span> <span class="code">{}</span></button></li>"#,
            card.number,
            escape(card.label),
            number.join(" "),
        );
    }
    out
}

fn delivery(form: &PayForm, errors: &[FieldError]) -> String {
    let mut options = String::new();
    for (value, label) in [
        ("", "Sandbox default"),
        ("now", "Immediately"),
        ("late", "Late"),
        ("twice", "Twice"),
        ("out_of_order", "Out of order"),
        ("never", "Never"),
    ] {
        let checked = if form.delivery == value { " checked" } else { "" };
        let _ = write!(
            options,
            r#"<label class="option"><input type="radio" name="delivery" value="{value}"{checked}> {label}</label>"#
        );
    }
    let seconds = if form.late_seconds.is_empty() { "30" } else { &form.late_seconds };
    let late = field(
        "late_seconds",
        "Seconds, if late",
        "",
        seconds,
        r#"inputmode="numeric" autocomplete="off" maxlength="5""#,
        errors,
    );
    let wish = if form.delivery.is_empty() { "" } else { " open" };
    format!(
        "<details{wish}><summary>Webhook delivery (test setting)</summary><fieldset><legend>Send the webhooks of this payment</legend>{options}</fieldset>{late}</details>"
    )
}

/// Returns the page of the bank's challenge.
pub(crate) fn challenge(shown: &Shown) -> String {
    let amount = money::display(shown.payment.amount, &shown.payment.currency);
    let last4 = shown.payment.card.as_ref().map_or("", |card| card.last4.as_str());
    let main = format!(
        r#"<h1>Confirm with your bank</h1>
<div class="columns">
{order}
<form method="post" action="/pay/{id}/challenge">
<p>Test bank: do you want to pay <strong>{amount}</strong> to {merchant} with the card ending in {last4}?</p>
<p class="row"><button class="primary" name="result" value="approve">Approve</button>
<button class="quiet" name="result" value="fail">Fail the check</button></p>
</form>
</div>"#,
        order = order(shown),
        id = shown.session.id,
        merchant = escape(&shown.merchant),
    );
    document("Confirm with your bank", &main)
}

fn message(shown: &Shown, title: &str, text: &str, link: &str) -> String {
    let main = format!(
        r#"<h1>{title}</h1>
<div class="columns">
{order}
<div><p>{text}</p>
<p><a class="primary" href="{url}">{link} {merchant}</a></p></div>
</div>"#,
        order = order(shown),
        url = escape(&shown.return_url()),
        merchant = escape(&shown.merchant),
    );
    document(title, &main)
}

/// Returns the page for a payment whose bank has not answered.
pub(crate) fn unknown_page(shown: &Shown) -> String {
    let text = "Your bank has not answered yet, so we do not know whether the payment went through. \
                Do not pay again: we will tell the merchant the outcome.";
    message(shown, "Payment not confirmed yet", text, "Return to")
}

/// Returns the page for a payment during which the provider broke down.
pub(crate) fn down_page(shown: &Shown) -> String {
    let text = "Something went wrong on our side while your payment was being processed. It may or may not have gone through. \
                Do not pay again: we will tell the merchant the outcome.";
    message(shown, "Payment service unavailable", text, "Return to")
}

/// Returns the page of a session that is closed.
pub(crate) fn expired_page(shown: &Shown) -> String {
    let text = "This payment page is closed. Nothing was charged.";
    message(shown, "This page has expired", text, "Start again at")
}

/// Returns the page for an unknown session.
pub(crate) fn not_found() -> String {
    let main = "<h1>Payment page not found</h1>\n<p>The link is not valid or has expired. Return to the shop and start again.</p>";
    document("Payment page not found", main)
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn markup_is_escaped() {
        assert_eq!(escape(r#"<b a="1" c='2'>&"#), "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;");
    }
}
