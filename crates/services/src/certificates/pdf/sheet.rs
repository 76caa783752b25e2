//! A sheet of paper: its measures, its letters, and what is written and drawn on it.

use krilla::{
    color::rgb,
    geom::{PathBuilder, Point, Rect},
    num::NormalizedF32,
    paint::{Fill, FillRule},
    surface::Surface,
    text::{Font, TextDirection},
};
use skrifa::prelude::{FontRef, LocationRef, MetadataProvider, Size};

use super::super::qr::Qr;
use crate::platform::{
    Error, Result,
    fonts::{REGULAR, SEMIBOLD},
};

/// A4 in points.
pub(super) const WIDTH: f32 = 595.28;
pub(super) const HEIGHT: f32 = 841.89;
pub(super) const MARGIN: f32 = 56.0;
pub(super) const QR_SIDE: f32 = 196.0;
/// Where the column of facts ends and the column of the code begins.
pub(super) const SPLIT: f32 = WIDTH - MARGIN - QR_SIDE;

/// Red, green, blue.
type Colour = (u8, u8, u8);

pub(super) const INK: Colour = (0x12, 0x21, 0x1f);
const MUTED: Colour = (0x51, 0x63, 0x5f);
pub(super) const ACCENT: Colour = (0x0b, 0x6b, 0x5e);
const LINE: Colour = (0xd5, 0xde, 0xdc);

#[derive(Clone, Copy)]
pub(super) enum Weight {
    Regular,
    SemiBold,
}

/// Fonts with their advances.
pub(super) struct Faces {
    regular: Font,
    semibold: Font,
}

impl Faces {
    pub(super) fn load() -> Result<Self> {
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
pub(super) struct Style {
    weight: Weight,
    pub(super) size: f32,
    leading: f32,
    colour: Colour,
}

pub(super) const fn style(weight: Weight, size: f32, leading: f32, colour: Colour) -> Style {
    Style { weight, size, leading, colour }
}

pub(super) const TITLE: Style = style(Weight::SemiBold, 22.0, 28.0, INK);
pub(super) const LABEL: Style = style(Weight::Regular, 8.5, 12.0, MUTED);
pub(super) const VALUE: Style = style(Weight::Regular, 11.0, 15.0, INK);
pub(super) const STRONG: Style = style(Weight::SemiBold, 11.0, 15.0, INK);
pub(super) const SMALL: Style = style(Weight::Regular, 9.0, 13.0, INK);
pub(super) const FOOT: Style = style(Weight::Regular, 8.0, 11.0, MUTED);
/// How ICD-11 titles are set, the first that leaves room for the rest of the column.
pub(super) const CODES: [Style; 3] =
    [SMALL, style(Weight::Regular, 7.5, 10.0, INK), style(Weight::Regular, 6.0, 8.0, INK)];

/// Where the foot of a page begins: nothing else reaches it.
pub(super) const FOOT_TOP: f32 = HEIGHT - 62.0;

/// A page being filled from the top.
pub(super) struct Sheet<'a, 'b> {
    /// None while it is only measured.
    pub(super) surface: Option<&'a mut Surface<'b>>,
    pub(super) faces: &'a Faces,
}

impl Sheet<'_, '_> {
    fn fill(&mut self, colour: Colour) {
        let paint = rgb::Color::new(colour.0, colour.1, colour.2).into();
        let fill = Fill { paint, opacity: NormalizedF32::ONE, rule: FillRule::NonZero };
        if let Some(surface) = &mut self.surface {
            surface.set_fill(Some(fill));
        }
    }

    /// Writes text into a column; `y` is its top. Returns where the next may begin.
    pub(super) fn text(&mut self, text: &str, style: Style, x: f32, y: f32, room: f32) -> f32 {
        self.fill(style.colour);
        let font = self.faces.font(style.weight);
        let mut top = y;
        for line in wrap(text, style.weight, style.size, room) {
            let baseline = Point::from_xy(x, top + style.leading * 0.8);
            if let Some(surface) = &mut self.surface {
                let font = font.clone();
                surface.draw_text(baseline, font, style.size, &line, false, TextDirection::LeftToRight);
            }
            top += style.leading;
        }
        top
    }

    /// A label over its value.
    pub(super) fn fact(&mut self, label: &str, value: &str, style: Style, y: f32, room: f32) -> f32 {
        let below = self.text(label, LABEL, MARGIN, y, room);
        self.text(value, style, MARGIN, below, room) + 9.0
    }

    pub(super) fn rule(&mut self, y: f32) {
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
        if let (Some(surface), Some(path)) = (&mut self.surface, path.finish()) {
            surface.draw_path(&path);
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a QR code has at most 185 modules a side")]
    pub(super) fn qr(&mut self, qr: &Qr, x: f32, y: f32) {
        let module = QR_SIDE / qr.modules as f32;
        self.fill((0, 0, 0));
        self.rects(qr.runs.iter().map(|(column, row, length)| {
            (x + *column as f32 * module, y + *row as f32 * module, *length as f32 * module, module)
        }));
    }
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
