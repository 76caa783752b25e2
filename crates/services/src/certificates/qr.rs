//! The QR code of a certificate as horizontal runs of dark modules: drawn as vectors on pages and on paper alike.

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};

use crate::platform::{Error, Result};

/// Light modules around the code that scanners need (ISO/IEC 18004: four).
const QUIET: u32 = 4;

/// A QR code in a square of `modules` units, quiet zone included.
pub(super) struct Qr {
    pub(super) modules: u32,
    /// (x, y, length) of each horizontal run.
    pub(super) runs: Vec<(u32, u32, u32)>,
}

impl Qr {
    pub(super) fn of(text: &str) -> Result<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(Error::internal)?;
        let width = code.width();
        let colours = code.into_colors();
        let mut runs: Vec<(u32, u32, u32)> = Vec::new();
        for (y, row) in (QUIET..).zip(colours.chunks(width)) {
            let mut open: Option<(u32, u32, u32)> = None;
            for (x, colour) in (QUIET..).zip(row) {
                match (&mut open, colour) {
                    (Some(run), Color::Dark) => run.2 += 1,
                    (None, Color::Dark) => open = Some((x, y, 1)),
                    (_, Color::Light) => runs.extend(open.take()),
                }
            }
            runs.extend(open);
        }
        let width = u32::try_from(width).map_err(Error::internal)?;
        Ok(Self { modules: width + 2 * QUIET, runs })
    }

    /// The runs as the data of one SVG path.
    pub(super) fn svg_path(&self) -> String {
        self.runs.iter().fold(String::new(), |mut path, (x, y, length)| {
            // writing to a string does not fail
            let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
            path
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quiet_zone_is_free_and_the_finder_patterns_are_there() {
        let qr = Qr::of("HCTS1:TEST").unwrap();
        assert!(qr.runs.iter().all(|(x, y, n)| *x >= 4 && *y >= 4 && x + n <= qr.modules - 4));
        assert!(qr.runs.contains(&(4, 4, 7)));
        assert!(qr.svg_path().starts_with("M4 4h7v1h-7z"));
    }
}
