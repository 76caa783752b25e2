//! Certificates that are scanned, typed, pasted or uploaded are read in every usual form, or refused with the cause.

use std::time::Duration;

use axum::body::Body;
use contracts::{certificates::CheckState, error::ErrorCode};
use http::{Request, StatusCode, header};
use services::{
    OpCtx, certificates,
    platform::{Client, FileReader, Platform, Settings},
};
use testkit::{Answer, TestApp};

use crate::certificates::{check, run, trade};

/// Returns the text that a German keyboard writes when the scanner expects an American one.
fn typed_on_a_german_keyboard(text: &str) -> String {
    let key = |c| match c {
        'Y' => 'Z',
        'Z' => 'Y',
        ':' => 'Ö',
        '-' => 'ß',
        '/' => '-',
        '*' => '(',
        '+' => '`',
        other => other,
    };
    text.chars().map(key).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_read_however_it_is_scanned_or_typed() {
    let app = TestApp::start().await;
    let trade = trade(&app, 1).await;
    let view = trade.view(0).await;
    let (code, qr) = (&view.code, &view.qr_text);
    for text in [
        qr.to_lowercase(),
        typed_on_a_german_keyboard(qr),
        format!("{qr}\t"),
        format!("]Q1{qr}"),
        format!("{qr} "),
        format!("\u{feff}{code}\u{200b}"),
        code.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect(),
        format!("„{code}“."),
        format!("Code: {code}"),
        format!("https://market.example/check?code={code}"),
    ] {
        assert_eq!(check(&app, &text).await.state, CheckState::Valid, "{text:?}");
        let shown = certificates::certificate_for_redemption(&trade.seller.ctx, &text).await;
        assert_eq!(shown.unwrap().id, view.id, "{text:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_cannot_be_read_is_answered_with_the_cause() {
    let app = TestApp::start().await;
    let trade = trade(&app, 1).await;
    let view = trade.view(0).await;
    let mistyped = view.code.replace(view.code.chars().last().unwrap(), "*");
    let half = view.qr_text.get(..60).unwrap();
    for (text, cause) in [
        (view.code.get(..12).unwrap(), "27 characters; this has 10"),
        (mistyped.as_str(), "Codes cannot have “*” at position"),
        ("HCTS1§AB", "different keyboard layouts"),
        (half, "not read completely"),
    ] {
        let answer = check(&app, text).await;
        assert_eq!(answer.state, CheckState::Unreadable, "{text}");
        assert!(answer.reason.contains(cause), "{text}: {}", answer.reason);
        let refused = certificates::certificate_for_redemption(&trade.seller.ctx, text).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::CertificateUnreadable);
        assert!(refused.facts["advice"].contains(cause), "{text}: {:?}", refused.facts);
    }
}

async fn upload(app: &TestApp, file: &[u8]) -> Answer {
    let mut body =
        b"--seam\r\ncontent-disposition: form-data; name=\"file\"; filename=\"c\"\r\n\r\n".to_vec();
    body.extend(file);
    body.extend(b"\r\n--seam--\r\n");
    let request = Request::post("/check")
        .header(header::ACCEPT, "text/html")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=seam")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body));
    app.send(request.unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_uploaded_certificate_is_read_from_its_attachment_or_its_qr_code_and_shown_to_be_compared() {
    let app = TestApp::start().await;
    let trade = trade(&app, 1).await;
    let view = trade.view(0).await;
    let pdf = trade.buyer.get(&format!("/api/certificates/download/{}", view.id)).await;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("c.pdf"), pdf.bytes()).unwrap();
    run("pdftoppm", &["-r", "150", "-png", "-singlefile", &path("c.pdf"), &path("print")]);
    run("pdftoppm", &["-r", "200", "-jpeg", "-singlefile", &path("c.pdf"), &path("photo")]);
    // saved by another program, which packs what it finds; printed into a file of its own, and scanned into one
    run("qpdf", &["--object-streams=generate", "--recompress-flate", &path("c.pdf"), &path("saved.pdf")]);
    run("pdftocairo", &["-pdf", &path("c.pdf"), &path("printed.pdf")]);
    let read = |name: &str| std::fs::read(path(name)).unwrap();
    std::fs::write(
        path("scan.pdf"),
        [b"%PDF-1.4\nstream\n", &read("photo.jpg")[..], b"\nendstream"].concat(),
    )
    .unwrap();
    assert!(!read("saved.pdf").windows(6).any(|bytes| bytes == b"HCTS1:"), "the attachment is packed");
    let saved = ["c.pdf", "saved.pdf", "print.png", "photo.jpg", "printed.pdf", "scan.pdf"];
    for name in saved {
        let file = read(name);
        let answer = upload(&app, &file).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let page = answer.text();
        assert!(!page.contains("No certificate found"), "{name}");
        assert!(page.contains("genuine") && page.contains("Cardiac MRI with contrast"), "{page}");
        assert!(page.contains("only the signed data in the file"), "{page}");
    }
}

/// What is seen of a page: without its marks, and without the data that it carries for its scripts.
fn visible_text(page: &str) -> String {
    let parts = page.split("<script").enumerate().map(|(at, part)| match part.split_once("</script>") {
        Some((_, after)) if at > 0 => after,
        _ => part,
    });
    let html: String = parts.collect();
    html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect()
}

/// A PDF that prints another provider and a later date around the genuine text of a certificate.
fn altered_pdf(qr_text: &str) -> Vec<u8> {
    format!(
        "%PDF-1.7\n1 0 obj <</Length 200>>\nstream\nBT /F1 12 Tf 72 700 Td (Provider: Harley Street Imaging) Tj \
         0 -20 Td (Redeem by: 31 December 2099) Tj 0 -20 Td (Whole body MRI) Tj ET\nendstream\nendobj\n\
         2 0 obj <</Type /EmbeddedFile>>\nstream\n{qr_text}\nendstream\nendobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"
    )
    .into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pdf_that_prints_another_provider_and_date_is_answered_with_what_was_signed() {
    let app = TestApp::start().await;
    let view = trade(&app, 1).await.view(0).await;
    let page = upload(&app, &altered_pdf(&view.qr_text)).await.text();
    let signed = certificates::certificate_check(&app.anonymous(), &view.qr_text, false).await.unwrap();
    assert_eq!(signed.provider.as_deref(), Some(view.provider.as_str()));
    let seen = visible_text(&page);
    for (term, signed) in [("Provider", view.provider.as_str()), ("Service", "Cardiac MRI with contrast")] {
        assert!(seen.contains(&[term, signed].concat()), "{term}: {seen}");
    }
    // the trade was made on 2 March 2026 for ninety days
    assert!(seen.contains("Redeem by31 May 2026"), "{seen}");
    assert!(page.contains("the document has been altered"), "{page}");
    for printed in ["Harley Street", "2099", "Whole body"] {
        assert!(!page.contains(printed), "{printed}: {page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_checked_without_scripts_stands_in_no_address() {
    let app = TestApp::start().await;
    let code = trade(&app, 1).await.view(0).await.code;
    let request = Request::post("/check")
        .header(header::ACCEPT, "text/html")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(format!("code={code}")));
    let answer = app.send(request.unwrap()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let page = answer.text();
    assert!(page.contains("Cardiac MRI with contrast") && page.contains("Valid"), "{page}");
    assert!(!page.contains(&format!("code={code}")), "{page}");
}

/// A visitor of the same house, whose files are read by `program`.
fn visitor_with_reader(app: &TestApp, program: &str, longest: Duration) -> OpCtx {
    let here = &app.platform;
    let reader = FileReader { program: program.into(), longest };
    let platform = Platform {
        db: here.db.clone(),
        clock: app.clock.clone(),
        gateways: here.gateways.clone(),
        mailer: here.mailer.clone(),
        keys: here.keys.clone(),
        settings: Settings { file_reader: Some(reader), ..here.settings.clone() },
    };
    OpCtx::anonymous(platform.into(), app.anonymous().caller().request_id, Client::default())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_read_in_a_process_of_its_own_which_is_ended_when_it_does_not_end() {
    let app = TestApp::start().await;
    let trade = trade(&app, 1).await;
    let view = trade.view(0).await;
    let pdf = trade.buyer.get(&format!("/api/certificates/download/{}", view.id)).await.bytes().to_vec();
    let visitor = visitor_with_reader(&app, env!("CARGO_BIN_EXE_hcts"), Duration::from_secs(50));
    let text = certificates::certificate_file_text(&visitor, pdf.clone()).await.unwrap();
    assert_eq!(text, Some(view.qr_text));
    assert_eq!(certificates::certificate_file_text(&visitor, b"nothing".to_vec()).await.unwrap(), None);
    let endless = visitor_with_reader(&app, "/usr/bin/yes", Duration::from_millis(100));
    assert_eq!(certificates::certificate_file_text(&endless, pdf).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_uploaded_file_without_a_certificate_is_refused_with_a_way_on() {
    let app = TestApp::start().await;
    for foreign in [&b"%PDF-1.7 of somebody else"[..], b"", b"HCTS1:TOO SHORT", b"\x89PNG\r\n\x1a\nbroken"] {
        let answer = upload(&app, foreign).await;
        assert!(answer.text().contains("No certificate found in this file"), "{}", answer.text());
    }
    let large = upload(&app, &vec![b'x'; 2 * 1024 * 1024]).await;
    assert_eq!(large.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(large.text().contains("at most 2 MB"), "{}", large.text());
}
