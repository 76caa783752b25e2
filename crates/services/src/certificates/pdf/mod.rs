//! The certificate on paper: one A4 page with the QR code as vectors, and the signed text as an attachment, so that an uploaded
//! copy can be checked without reading the picture.

mod sheet;

use std::time::Duration;

use contracts::{
    certificates::CertificateView, error::ErrorCode, ids::CertificateId, permission::Permission,
    states::CertificateStatus,
};
use krilla::{
    Document,
    embed::{AssociationKind, EmbeddedFile, MimeType},
    metadata::Metadata,
    page::PageSettings,
};

use super::{qr::Qr, queries};
use crate::platform::{CpuLimiter, Error, OpCtx, Result};
use sheet::{
    ACCENT, CODES, FOOT, FOOT_TOP, Faces, HEIGHT, INK, LABEL, MARGIN, QR_SIDE, SMALL, SPLIT, STRONG, Sheet,
    Style, TITLE, VALUE, WIDTH, Weight, style,
};

/// A page takes a core while it is drawn.
static DRAWING: CpuLimiter = CpuLimiter::half_the_cores();

/// A certificate to print.
#[derive(Clone, Debug)]
pub struct CertificatePdf {
    /// A name for the file: ASCII, no spaces.
    pub file_name: String,
    /// The document.
    pub bytes: Vec<u8>,
}

/// How often the sequencer is waited for, and how long each time: it takes its turn twice a second.
const LOOKS: u32 = 8;
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

/// The certificate as an A4 page. Paper names its place in the log, so it waits until the log has taken it up.
///
/// # Errors
/// `not_found`; `busy` when the log takes its time; `records_incomplete` while it stands still.
pub async fn certificate_pdf(ctx: &OpCtx, id: CertificateId) -> Result<CertificatePdf> {
    let view = wait_until_logged(ctx, id).await?;
    let public_url = ctx.platform().settings.public_url.clone();
    let printed = format!("{} UTC", ctx.now().format("%-d %B %Y %H:%M"));
    let start = view.code.split('-').next().unwrap_or_default().to_owned();
    let bytes = DRAWING.run(move || draw(&view, &public_url, &printed)).await?;
    Ok(CertificatePdf { file_name: format!("certificate-{start}.pdf"), bytes })
}

/// Waits until every event of the certificate is in the log, and returns its view.
///
/// # Errors
/// `busy` when the log takes too long; `records_incomplete` while it is paused.
async fn wait_until_logged(ctx: &OpCtx, id: CertificateId) -> Result<CertificateView> {
    for look in 0..LOOKS {
        if look > 0 {
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        let view =
            ctx.read(Permission::CertificatesRead, async move |tx| queries::view(tx, id).await).await?;
        if view.events.iter().all(|event| event.leaf_index.is_some()) {
            return Ok(view);
        }
        if view.log_paused {
            return Err(Error::new(ErrorCode::RecordsIncomplete));
        }
    }
    Err(Error::new(ErrorCode::Busy).with_fact("retry_after_seconds", "2"))
}

fn draw(view: &CertificateView, public_url: &str, printed: &str) -> Result<Vec<u8>> {
    let faces = Faces::load()?;
    let qr = Qr::of(&view.qr_text)?;
    let mut document = Document::new();
    document.set_metadata(
        Metadata::new()
            .title(format!("Certificate {}", view.code))
            .language("en".to_owned())
            .creator("HCTS".to_owned()),
    );
    let paper = Paper { view, qr: &qr, public_url, printed };
    let layout = paper.layout(&faces);
    for page_no in 0..layout.pages {
        let mut page = document.start_page_with(a4()?);
        let mut surface = page.surface();
        let mut sheet = Sheet { surface: Some(&mut surface), faces: &faces };
        paper.page(&mut sheet, &layout, page_no);
        surface.finish();
        page.finish();
    }
    document.embed_file(EmbeddedFile {
        path: "certificate.hcts.txt".to_owned(),
        mime_type: MimeType::new("text/plain"),
        description: Some("The signed certificate, as its QR code carries it".to_owned()),
        association_kind: AssociationKind::Data,
        // the line end keeps the file's own syntax away from the text
        data: format!("{}\n", view.qr_text).into_bytes().into(),
        modification_date: None,
        compress: Some(false),
        location: None,
    });
    document.finish().map_err(|error| Error::internal(format!("PDF: {error:?}")))
}

fn a4() -> Result<PageSettings> {
    PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| Error::internal("A4 is a page size"))
}

/// What is printed.
struct Paper<'a> {
    view: &'a CertificateView,
    qr: &'a Qr,
    public_url: &'a str,
    printed: &'a str,
}

/// How it fits on paper.
struct Layout {
    codes: Style,
    /// Two when log and terms find no room below the facts.
    pages: u8,
}

impl Paper<'_> {
    /// Measures what it will draw: titles shrink until the facts end on the first page.
    fn layout(&self, faces: &Faces) -> Layout {
        let mut trial = Sheet { surface: None, faces };
        let [usual, smaller, smallest] = CODES;
        let fitting = [usual, smaller].into_iter().find(|codes| self.facts(&mut trial, *codes) <= FOOT_TOP);
        let codes = fitting.unwrap_or(smallest);
        let below = self.facts(&mut trial, codes);
        let pages = if self.proof(&mut trial, below) <= FOOT_TOP { 1 } else { 2 };
        Layout { codes, pages }
    }

    fn page(&self, sheet: &mut Sheet<'_, '_>, layout: &Layout, page_no: u8) {
        let below = if page_no == 0 {
            self.facts(sheet, layout.codes)
        } else {
            sheet.text(&format!("Certificate {}", self.view.code), STRONG, MARGIN, 48.0, 400.0) + 10.0
        };
        if page_no + 1 == layout.pages {
            self.proof(sheet, below);
        }
        foot(sheet, self.view, self.printed);
    }

    /// What it is for, beside its code. Returns where the next may begin.
    fn facts(&self, sheet: &mut Sheet<'_, '_>, codes: Style) -> f32 {
        let below = head(sheet, self.view);
        let left = facts(sheet, self.view, codes, below);
        left.max(code(sheet, self.view, self.qr, below)) + 6.0
    }

    fn proof(&self, sheet: &mut Sheet<'_, '_>, top: f32) -> f32 {
        let below = log(sheet, self.view, top);
        terms(sheet, self.public_url, below)
    }
}

fn head(sheet: &mut Sheet<'_, '_>, view: &CertificateView) -> f32 {
    sheet.text("HCTS", style(Weight::SemiBold, 13.0, 16.0, ACCENT), MARGIN, 48.0, 200.0);
    sheet.text("Certificate for one healthcare service", LABEL, WIDTH - MARGIN - 148.0, 51.0, 160.0);
    sheet.rule(74.0);
    let below = sheet.text(&view.title, TITLE, MARGIN, 94.0, WIDTH - 2.0 * MARGIN);
    sheet.text(&format!("One unit ({} of {})", view.unit, view.units), VALUE, MARGIN, below + 2.0, 400.0)
        + 20.0
}

fn day(instant: &chrono::DateTime<chrono::Utc>) -> String {
    format!("{} UTC", instant.format("%-d %B %Y, %H:%M"))
}

fn facts(sheet: &mut Sheet<'_, '_>, view: &CertificateView, codes_style: Style, top: f32) -> f32 {
    let room = SPLIT - MARGIN - 24.0;
    let mut y = sheet.fact("Provider", &view.provider, STRONG, top, room);
    y = sheet.fact("Location", &view.provider_place, VALUE, y, room);
    if let Some(release) = &view.icd11_release {
        let codes: Vec<String> =
            view.codes.iter().take(8).map(|(code, title)| format!("{code} {title}")).collect();
        y = sheet.fact(&format!("ICD-11 ({release})"), &codes.join("; "), codes_style, y, room);
    }
    y = sheet.fact("Issued", &day(&view.issued_at), VALUE, y, room);
    y = sheet.fact("Redeem by", &day(&view.expires_at), STRONG, y, room);
    sheet.fact("Issued by", &view.issuer, VALUE, y, room)
}

fn code(sheet: &mut Sheet<'_, '_>, view: &CertificateView, qr: &Qr, top: f32) -> f32 {
    sheet.qr(qr, SPLIT, top - 8.0);
    let below = top + QR_SIDE - 4.0;
    let below = sheet.text("Code", LABEL, SPLIT + 12.0, below, QR_SIDE);
    // two lines of groups: long enough to be safe, short enough to type
    let groups: Vec<&str> = view.code.split('-').collect();
    let lines: Vec<String> = groups.chunks(4).map(|line| line.join("-")).collect();
    lines.iter().fold(below, |y, line| {
        sheet.text(line, style(Weight::SemiBold, 13.0, 18.0, INK), SPLIT + 12.0, y, QR_SIDE)
    })
}

fn log(sheet: &mut Sheet<'_, '_>, view: &CertificateView, top: f32) -> f32 {
    sheet.rule(top);
    let place = view.events.first().and_then(|event| event.leaf_index);
    let place = place.map_or_else(
        || format!("Not yet added to {}", view.log),
        |index| format!("Entry {index} of {}", view.log),
    );
    let y = sheet.text("Transparency log", LABEL, MARGIN, top + 12.0, 300.0);
    let y = sheet.text(&place, SMALL, MARGIN, y, WIDTH - 2.0 * MARGIN);
    let y = sheet.text(
        "Fingerprint (SHA-256 of the signed certificate) and signing key",
        LABEL,
        MARGIN,
        y + 6.0,
        400.0,
    );
    let y = sheet.text(&view.fingerprint, SMALL, MARGIN, y, WIDTH - 2.0 * MARGIN);
    sheet.text(&format!("Ed25519 key {}", view.key_id), SMALL, MARGIN, y, 400.0) + 10.0
}

fn terms(sheet: &mut Sheet<'_, '_>, public_url: &str, top: f32) -> f32 {
    sheet.rule(top);
    let room = WIDTH - 2.0 * MARGIN;
    let mut y = sheet.text("Terms", style(Weight::SemiBold, 10.0, 16.0, INK), MARGIN, top + 10.0, room);
    let check = format!(
        "Anyone can check this certificate at {public_url}/check with its code, its QR code or this file. The signature can also be verified offline."
    );
    let terms = [
        "1. Valid for one unit of this service from this provider until the date shown.",
        "2. Can be redeemed once. Copies are not valid separately.",
        "3. Contains no personal data and no price. The holder and the provider agree who uses it.",
        "4. Ends when it expires or is revoked. Altered certificates are void.",
    ];
    for term in terms.into_iter().chain([format!("5. {check}").as_str()]) {
        y = sheet.text(term, SMALL, MARGIN, y, room) + 2.0;
    }
    y
}

fn foot(sheet: &mut Sheet<'_, '_>, view: &CertificateView, printed: &str) {
    let room = WIDTH - 2.0 * MARGIN;
    let state = match view.status {
        CertificateStatus::Issued | CertificateStatus::Reserved => "valid",
        CertificateStatus::Suspended => "on hold",
        CertificateStatus::Superseded => "replaced",
        other => other.as_str(),
    };
    let foot = format!("Status when printed, {printed}: {state}. Check online for the current status.");
    let y = sheet.text(&foot, FOOT, MARGIN, FOOT_TOP, room);
    sheet.text(
        "ICD-11 codes and titles: World Health Organization, icd.who.int, CC BY-ND 3.0 IGO.",
        FOOT,
        MARGIN,
        y,
        room,
    );
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use contracts::ids::{LineId, OrgId, ServiceId};
    use uuid::Uuid;

    use super::*;

    fn certificate(title: &str, codes: usize, of_code: &str) -> CertificateView {
        CertificateView {
            id: CertificateId(Uuid::nil()),
            code: "0000-0000-0000-0000-0000-0000-0000".to_owned(),
            status: CertificateStatus::Issued,
            client: None,
            status_reason: None,
            status_reason_code: None,
            title: title.to_owned(),
            service_id: ServiceId(Uuid::nil()),
            codes: vec![("BA00.ZZ".to_owned(), of_code.to_owned()); codes],
            icd11_release: Some("2025-01".to_owned()),
            provider: "Charlottenburg Imaging and Rehabilitation".to_owned(),
            provider_id: OrgId(Uuid::nil()),
            provider_place: "Berlin, Germany".to_owned(),
            buyer: "Northern Mutual".to_owned(),
            purchase_id: None,
            line_id: LineId(Uuid::nil()),
            unit: 1,
            units: 10_000,
            issued_at: DateTime::<Utc>::UNIX_EPOCH,
            expires_at: DateTime::<Utc>::UNIX_EPOCH,
            redeemed_at: None,
            redeemed_place: None,
            qr_text: "HCTS1:TEST".to_owned(),
            qr_path: String::new(),
            qr_modules: 0,
            fingerprint: "0000 ".repeat(16),
            key_id: "00".repeat(8),
            events: Vec::new(),
            issuer: "hcts.example".to_owned(),
            log: "hcts.example/log".to_owned(),
            log_paused: false,
        }
    }

    /// Pages, size of the ICD-11 titles, and where the facts and the proof end.
    fn laid_out(view: &CertificateView) -> (u8, f32, [f32; 2]) {
        let (faces, qr) = (Faces::load().unwrap(), Qr::of(&view.qr_text).unwrap());
        let paper = Paper { view, qr: &qr, public_url: "https://hcts.example", printed: "1 January 1970" };
        let Layout { codes, pages } = paper.layout(&faces);
        let mut trial = Sheet { surface: None, faces: &faces };
        let facts = paper.facts(&mut trial, codes);
        let top = if pages == 1 { facts } else { 80.0 };
        let proof = paper.proof(&mut trial, top);
        (pages, codes.size, [facts, proof])
    }

    #[test]
    fn nothing_reaches_the_foot_of_a_page() {
        let usual = certificate("Knee scan", 2, "Essential hypertension, unspecified");
        let (pages, size, ends) = laid_out(&usual);
        assert_eq!((pages, size.to_string().as_str()), (1, "9"));
        assert!(ends.iter().all(|end| *end <= FOOT_TOP), "{ends:?}");
        let title = "Comprehensive rehabilitation after replacement ".repeat(3);
        for length in [60, 120, 200, 260] {
            let longest = certificate(title.get(..120).unwrap(), 8, &"disorder of ".repeat(length / 12));
            let (pages, _, ends) = laid_out(&longest);
            assert_eq!(pages, 2, "{length}");
            assert!(ends.iter().all(|end| *end <= FOOT_TOP), "{length}: {ends:?}");
        }
    }
}
