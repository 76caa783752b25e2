//! The certificate on paper: one A4 page with the QR code as vectors, and the signed text as an attachment, so that an uploaded
//! copy can be checked without reading the picture.

use std::time::Duration;

use contracts::{
    certificates::CertificateView, error::ErrorCode, ids::CertificateId, permission::Permission,
    states::CertificateStatus,
};
use krilla::{
    Document,
    color::rgb,
    embed::{AssociationKind, EmbeddedFile, MimeType},
    geom::{PathBuilder, Point, Rect},
    metadata::Metadata,
    num::NormalizedF32,
    page::PageSettings,
    paint::{Fill, FillRule},
    surface::Surface,
    text::{Font, TextDirection},
};
use skrifa::prelude::{FontRef, LocationRef, MetadataProvider, Size};

use super::{qr::Qr, queries};
use crate::platform::{Error, OpCtx, Result, Turns};

const REGULAR: &[u8] = include_bytes!("fonts/Inter-Regular.otf");
const SEMIBOLD: &[u8] = include_bytes!("fonts/Inter-SemiBold.otf");

/// A page takes a core while it is drawn.
static DRAWING: Turns = Turns::half_the_cores();

/// A4 in points.
const WIDTH: f32 = 595.28;
const HEIGHT: f32 = 841.89;
const MARGIN: f32 = 56.0;
const QR_SIDE: f32 = 196.0;
/// Where the column of facts ends and the column of the code begins.
const SPLIT: f32 = WIDTH - MARGIN - QR_SIDE;

/// Red, green, blue.
type Colour = (u8, u8, u8);

const INK: Colour = (0x12, 0x21, 0x1f);
const MUTED: Colour = (0x51, 0x63, 0x5f);
const ACCENT: Colour = (0x0b, 0x6b, 0x5e);
const LINE: Colour = (0xd5, 0xde, 0xdc);

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
/// `not_found`; `busy` when the log takes its time.
pub async fn certificate_pdf(ctx: &OpCtx, id: CertificateId) -> Result<CertificatePdf> {
    let view = logged(ctx, id).await?;
    let public_url = ctx.platform().settings.public_url.clone();
    let printed = format!("{} UTC", ctx.now().format("%-d %B %Y %H:%M"));
    let start = view.code.split('-').next().unwrap_or_default().to_owned();
    let bytes = DRAWING.take(move || draw(&view, &public_url, &printed)).await?;
    Ok(CertificatePdf { file_name: format!("certificate-{start}.pdf"), bytes })
}

async fn logged(ctx: &OpCtx, id: CertificateId) -> Result<CertificateView> {
    for look in 0..LOOKS {
        if look > 0 {
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        let view =
            ctx.read(Permission::CertificatesRead, async move |tx| queries::view(tx, id).await).await?;
        if view.events.iter().all(|event| event.leaf_index.is_some()) {
            return Ok(view);
        }
    }
    Err(Error::new(ErrorCode::Busy).with_fact("retry_after_seconds", "2"))
}

#[derive(Clone, Copy)]
enum Weight {
    Regular,
    SemiBold,
}

/// Fonts with their advances.
struct Faces {
    regular: Font,
    semibold: Font,
}

impl Faces {
    fn load() -> Result<Self> {
        let font = |bytes: &'static [u8]| {
            Font::new(bytes.into(), 0).ok_or_else(|| Error::internal("font unreadable"))
        };
        Ok(Self { regular: font(REGULAR)?, semibold: font(SEMIBOLD)? })
    }

    fn font(&self, weight: Weight) -> Font {
        match weight {
            Weight::Regular => self.regular.clone(),
            Weight::SemiBold => self.semibold.clone(),
        }
    }
}

/// Width of a line in points.
fn width_of(text: &str, weight: Weight, size: f32) -> f32 {
    let bytes = match weight {
        Weight::Regular => REGULAR,
        Weight::SemiBold => SEMIBOLD,
    };
    let Ok(font) = FontRef::new(bytes) else {
        return 0.0;
    };
    let (glyphs, advances) = (font.charmap(), font.glyph_metrics(Size::new(size), LocationRef::default()));
    text.chars()
        .map(|c| glyphs.map(c).and_then(|glyph| advances.advance_width(glyph)).unwrap_or(size * 0.6))
        .sum()
}

/// Breaks text into lines that fit; a word that is too long for a line is cut.
fn wrap(text: &str, weight: Weight, size: f32, room: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if width_of(&longer, weight, size) <= room {
            line = longer;
            continue;
        }
        lines.extend((!line.is_empty()).then_some(line));
        line = String::new();
        for character in word.chars() {
            if width_of(&format!("{line}{character}"), weight, size) > room {
                lines.push(std::mem::take(&mut line));
            }
            line.push(character);
        }
    }
    lines.extend((!line.is_empty()).then_some(line));
    lines
}

/// How a piece of text looks.
#[derive(Clone, Copy)]
struct Style {
    weight: Weight,
    size: f32,
    leading: f32,
    colour: Colour,
}

const fn style(weight: Weight, size: f32, leading: f32, colour: Colour) -> Style {
    Style { weight, size, leading, colour }
}

const TITLE: Style = style(Weight::SemiBold, 22.0, 28.0, INK);
const LABEL: Style = style(Weight::Regular, 8.5, 12.0, MUTED);
const VALUE: Style = style(Weight::Regular, 11.0, 15.0, INK);
const STRONG: Style = style(Weight::SemiBold, 11.0, 15.0, INK);
const SMALL: Style = style(Weight::Regular, 9.0, 13.0, INK);
const FOOT: Style = style(Weight::Regular, 8.0, 11.0, MUTED);

/// A page being filled from the top.
struct Sheet<'a, 'b> {
    surface: &'a mut Surface<'b>,
    faces: &'a Faces,
}

impl Sheet<'_, '_> {
    fn fill(&mut self, colour: Colour) {
        let paint = rgb::Color::new(colour.0, colour.1, colour.2).into();
        let fill = Fill { paint, opacity: NormalizedF32::ONE, rule: FillRule::NonZero };
        self.surface.set_fill(Some(fill));
    }

    /// Writes text into a column; `y` is its top. Returns where the next may begin.
    fn text(&mut self, text: &str, style: Style, x: f32, y: f32, room: f32) -> f32 {
        self.fill(style.colour);
        let font = self.faces.font(style.weight);
        let mut top = y;
        for line in wrap(text, style.weight, style.size, room) {
            let baseline = Point::from_xy(x, top + style.leading * 0.8);
            self.surface.draw_text(
                baseline,
                font.clone(),
                style.size,
                &line,
                false,
                TextDirection::LeftToRight,
            );
            top += style.leading;
        }
        top
    }

    /// A label over its value.
    fn fact(&mut self, label: &str, value: &str, style: Style, y: f32, room: f32) -> f32 {
        let below = self.text(label, LABEL, MARGIN, y, room);
        self.text(value, style, MARGIN, below, room) + 9.0
    }

    fn rule(&mut self, y: f32) {
        self.fill(LINE);
        self.rects([(MARGIN, y, WIDTH - 2.0 * MARGIN, 0.75)]);
    }

    fn rects(&mut self, rects: impl IntoIterator<Item = (f32, f32, f32, f32)>) {
        let mut path = PathBuilder::new();
        for (x, y, width, height) in rects {
            if let Some(rect) = Rect::from_xywh(x, y, width, height) {
                path.push_rect(rect);
            }
        }
        if let Some(path) = path.finish() {
            self.surface.draw_path(&path);
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a QR code has at most 185 modules a side")]
    fn qr(&mut self, qr: &Qr, x: f32, y: f32) {
        let module = QR_SIDE / qr.modules as f32;
        self.fill((0, 0, 0));
        self.rects(qr.runs.iter().map(|(column, row, length)| {
            (x + *column as f32 * module, y + *row as f32 * module, *length as f32 * module, module)
        }));
    }
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
    let settings =
        PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| Error::internal("A4 is a page size"))?;
    let mut page = document.start_page_with(settings);
    let mut surface = page.surface();
    let mut sheet = Sheet { surface: &mut surface, faces: &faces };
    let below = head(&mut sheet, view);
    let left = facts(&mut sheet, view, below);
    let right = code(&mut sheet, view, &qr, below);
    let below = log(&mut sheet, view, left.max(right) + 6.0);
    terms(&mut sheet, view, public_url, printed, below);
    surface.finish();
    page.finish();
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

fn facts(sheet: &mut Sheet<'_, '_>, view: &CertificateView, top: f32) -> f32 {
    let room = SPLIT - MARGIN - 24.0;
    let mut y = sheet.fact("Given by", &view.provider, STRONG, top, room);
    y = sheet.fact("Where", &view.provider_place, VALUE, y, room);
    if let Some(release) = &view.icd11_release {
        let codes: Vec<String> =
            view.codes.iter().take(8).map(|(code, title)| format!("{code} {title}")).collect();
        y = sheet.fact(&format!("ICD-11 ({release})"), &codes.join("; "), SMALL, y, room);
    }
    y = sheet.fact("Issued", &day(&view.issued_at), VALUE, y, room);
    y = sheet.fact("Redeem before", &day(&view.expires_at), STRONG, y, room);
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
    let place = place.map_or_else(|| "waiting for its place".to_owned(), |index| format!("entry {index}"));
    let y = sheet.text("Transparency log", LABEL, MARGIN, top + 12.0, 300.0);
    let y = sheet.text(&format!("{place} of {}/log", view.issuer), SMALL, MARGIN, y, WIDTH - 2.0 * MARGIN);
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

fn terms(sheet: &mut Sheet<'_, '_>, view: &CertificateView, public_url: &str, printed: &str, top: f32) {
    sheet.rule(top);
    let room = WIDTH - 2.0 * MARGIN;
    let mut y = sheet.text("Terms", style(Weight::SemiBold, 10.0, 16.0, INK), MARGIN, top + 10.0, room);
    let check = format!(
        "Anybody may check it at {public_url}/check, with the code, the QR code or this file; the signature also verifies without network."
    );
    let terms = [
        "1. This certificate is the right to one unit of the service above, from the provider above, until the date above.",
        "2. It is redeemed once, when the provider scans or types its code and confirms. Copies give no further right.",
        "3. It names no person and no price. Who uses it is settled between its holder and the provider.",
        "4. It ends when it expires or is revoked. Altered certificates are void; their signature does not hold.",
    ];
    for term in terms.into_iter().chain([format!("5. {check}").as_str()]) {
        y = sheet.text(term, SMALL, MARGIN, y, room) + 2.0;
    }
    let state = match view.status {
        CertificateStatus::Issued | CertificateStatus::Reserved => "valid",
        other => other.as_str(),
    };
    let foot =
        format!("State when this copy was made, {printed}: {state}. The check shows the state of today.");
    let y = sheet.text(&foot, FOOT, MARGIN, HEIGHT - 62.0, room);
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
    use super::*;

    #[test]
    fn lines_fit_and_nothing_is_lost() {
        let text =
            "Cardiac magnetic resonance imaging with contrast, Donaudampfschifffahrtsgesellschaftskapitän";
        let lines = wrap(text, Weight::SemiBold, 22.0, 160.0);
        assert!(lines.iter().all(|line| width_of(line, Weight::SemiBold, 22.0) <= 160.0));
        assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
    }
}
