//! Finds the text of a certificate in an uploaded file: our PDF, one that another program saved, printed or scanned, or a picture of the
//! QR code.
//! Printed text is not read: the person who checks compares it with the signed details.
//!
//! Files come from anybody, and looking for a QR code can be made to take for ever. So each is read in a process of its own, a few at a
//! time, which is ended when it takes too long; nothing grows beyond [`MAX_ATTACHMENT_BYTES`] or [`MAX_PICTURE_BYTES`] when it is
//! unpacked.

use std::{
    io::{self, Cursor, Read, Write},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use contracts::permission::Permission;
use flate2::read::ZlibDecoder;
use image::{DynamicImage, ImageReader, Limits, imageops::FilterType};

use super::drawing::draw_rectangles;
use crate::platform::{CpuLimiter, Error, FileReader, OpCtx, Result};

/// Unpacking a picture and looking for a QR code take a core.
static READING: CpuLimiter = CpuLimiter::half_the_cores();

/// The command that reads a file from its standard input and prints the text.
pub const READ_FILE: &str = "read-file";

/// How often it is asked whether the reading has ended.
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

/// Most bytes of an attachment that are unpacked: a certificate's text has at most [`certificate::MAX_QR_CHARS`] characters.
const MAX_ATTACHMENT_BYTES: u64 = 16 * 1024;

/// Most packed streams of one file that are looked into. A certificate has about twenty; a file made to keep us busy has any number.
const MAX_STREAMS: usize = 500;

/// Most streams of one file that are drawn, most bytes of each, and most pictures that are looked at: a certificate has one page.
const MAX_DRAWINGS: usize = 50;
const MAX_CONTENT_BYTES: u64 = 1024 * 1024;
const MAX_PICTURES: usize = 4;

/// Most bytes a picture takes when it is unpacked, and its longest side in pixels.
const MAX_PICTURE_BYTES: u64 = 128 * 1024 * 1024;
const MAX_PICTURE_SIDE: u32 = 10_000;

/// A QR code is looked for at these lengths of the longer side, in pixels: a photograph's noise hides it at full size.
const QR_SEARCH_SIDES: [u32; 3] = [1600, 800, 3200];

/// The fewest characters of a certificate's text: fewer are a mention of the prefix.
const MIN_TEXT_CHARS: usize = 100;

/// Returns the text of the certificate in a file; `None` if there is none that can be read.
///
/// # Errors
/// `busy` when too many files are being read; `not_allowed` without the permission to check certificates.
pub async fn certificate_file_text(
    ctx: &OpCtx,
    file: impl AsRef<[u8]> + Send + 'static,
) -> Result<Option<String>> {
    ctx.require(Permission::CertificatesVerify)?;
    let reader = ctx.platform().settings.file_reader.clone();
    let read = move || match reader {
        Some(reader) => read_apart(&reader, file.as_ref()).map_err(Error::internal),
        None => Ok(find_text(file.as_ref())),
    };
    READING.run(read).await
}

/// Has another process find the text. `None` also when it was ended because it took too long.
fn read_apart(by: &FileReader, file: &[u8]) -> io::Result<Option<String>> {
    let mut reader = Command::new(&by.program)
        .arg(READ_FILE)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let deadline = Instant::now() + by.longest;
    if let Some(mut input) = reader.stdin.take() {
        // it reads all of it before it does anything else; one that has ended is found out below
        let _written = input.write_all(file);
    }
    while reader.try_wait()?.is_none() {
        if Instant::now() >= deadline {
            reader.kill()?;
            reader.wait()?;
            tracing::warn!("reading an uploaded file took too long and was stopped");
            return Ok(None);
        }
        std::thread::sleep(BETWEEN_LOOKS);
    }
    let mut text = String::new();
    if let Some(output) = reader.stdout.take() {
        output.take(MAX_ATTACHMENT_BYTES).read_to_string(&mut text)?;
    }
    Ok((!text.is_empty()).then_some(text))
}

/// Returns the text of the certificate in a file; `None` if there is none that can be read. Takes as long as the file wants: for files from
/// strangers use [`certificate_file_text`].
pub fn find_text(file: &[u8]) -> Option<String> {
    if file.starts_with(b"%PDF-") {
        return find_plain_text(file)
            .or_else(|| find_attached_text(file))
            .or_else(|| find_drawn_text(file))
            .or_else(|| find_scanned_text(file));
    }
    find_pictured_text(file)
}

/// Reads attachments that another program has packed.
fn find_attached_text(file: &[u8]) -> Option<String> {
    let streams = streams(file).take(MAX_STREAMS);
    streams.map(|stream| unpack(stream, MAX_ATTACHMENT_BYTES)).find_map(|stream| find_plain_text(&stream))
}

/// Reads a QR code that is drawn module by module: a certificate that was printed into a file.
fn find_drawn_text(file: &[u8]) -> Option<String> {
    let contents = streams(file).take(MAX_DRAWINGS).map(|stream| unpack(stream, MAX_CONTENT_BYTES));
    let pictures = contents.filter_map(|content| draw_rectangles(&content)).take(MAX_PICTURES);
    pictures.into_iter().find_map(|picture| find_qr_text(&picture))
}

/// Reads a QR code in a picture: a certificate that was scanned into a file.
fn find_scanned_text(file: &[u8]) -> Option<String> {
    let is_jpeg = |stream: &&[u8]| stream.starts_with(b"\xff\xd8\xff");
    streams(file).take(MAX_STREAMS).filter(is_jpeg).take(MAX_PICTURES).find_map(find_pictured_text)
}

fn find_pictured_text(picture: &[u8]) -> Option<String> {
    decode_picture(picture).ok().and_then(|picture| find_qr_text(&picture))
}

/// Returns the first text of a certificate that stands readable among these bytes.
fn find_plain_text(bytes: &[u8]) -> Option<String> {
    let prefix = certificate::PREFIX.as_bytes();
    bytes.windows(prefix.len()).enumerate().filter(|(_, window)| *window == prefix).find_map(|(start, _)| {
        let text: String = bytes
            .iter()
            .skip(start)
            .take(certificate::MAX_QR_CHARS)
            .take_while(|byte| is_qr_alphanumeric(**byte))
            .map(|byte| char::from(*byte))
            .collect();
        (text.len() > MIN_TEXT_CHARS).then_some(text)
    })
}

/// QR's alphanumeric mode, which is base45's alphabet too.
fn is_qr_alphanumeric(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit() || b" $%*+-./:".contains(&byte)
}

/// The streams of a PDF (ISO 32000-2, 7.3.8), each to the end of the file.
fn streams(file: &[u8]) -> impl Iterator<Item = &[u8]> {
    const START: &[u8] = b"stream";
    file.windows(START.len()).enumerate().filter(|(_, window)| *window == START).filter_map(|(at, _)| {
        let rest = file.get(at + START.len()..)?;
        let rest = rest.strip_prefix(b"\r").unwrap_or(rest);
        rest.strip_prefix(b"\n")
    })
}

/// Unpacks the beginning of a stream, at most `limit` bytes from as many; empty if it is packed in another way.
fn unpack(stream: &[u8], limit: u64) -> Vec<u8> {
    let mut unpacked = Vec::new();
    // what came before an error or the limit may be whole
    let _ended = ZlibDecoder::new(stream.take(limit)).take(limit).read_to_end(&mut unpacked);
    unpacked
}

fn decode_picture(file: &[u8]) -> Result<DynamicImage> {
    let mut reader = ImageReader::new(Cursor::new(file)).with_guessed_format().map_err(Error::internal)?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_PICTURE_BYTES);
    (limits.max_image_width, limits.max_image_height) = (Some(MAX_PICTURE_SIDE), Some(MAX_PICTURE_SIDE));
    reader.limits(limits);
    reader.decode().map_err(Error::internal)
}

fn find_qr_text(picture: &DynamicImage) -> Option<String> {
    let longer = picture.width().max(picture.height());
    QR_SEARCH_SIDES.iter().find_map(|side| {
        let grey = if longer > *side {
            picture.resize(*side, *side, FilterType::Triangle).into_luma8()
        } else {
            picture.to_luma8()
        };
        let (width, height) = (usize::try_from(grey.width()).ok()?, usize::try_from(grey.height()).ok()?);
        let pixels = grey.as_raw();
        let level = |x: usize, y: usize| pixels.get(y * width + x).copied().unwrap_or(u8::MAX);
        let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, level);
        let found = prepared.detect_grids();
        found
            .iter()
            .filter_map(|grid| grid.decode().ok())
            .map(|(_, text)| text)
            .find(|text| text.starts_with(certificate::PREFIX))
    })
}

#[cfg(test)]
mod tests {
    use flate2::{Compression, write::ZlibEncoder};
    use proptest::prelude::*;

    use super::*;

    fn compress(content: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_packed_attachment_is_read_and_a_bomb_is_not_unpacked() {
        let text = format!("HCTS1:{}", "A".repeat(200));
        let mut file = b"%PDF-1.7\nstream\nnot packed\nendstream\nstream\r\n".to_vec();
        file.extend(compress(text.as_bytes()));
        assert_eq!(find_text(&file), Some(text));
        let bomb = compress(&vec![0; 8 * 1024 * 1024]);
        assert_eq!(unpack(&bomb, MAX_ATTACHMENT_BYTES).len(), usize::try_from(MAX_ATTACHMENT_BYTES).unwrap());
    }

    #[test]
    fn a_file_of_countless_streams_is_given_up() {
        let text = format!("HCTS1:{}", "A".repeat(200));
        let file_of = |streams: usize| {
            let end = [b"stream\n".to_vec(), compress(text.as_bytes())].concat();
            [b"%PDF-1.7\n".to_vec(), b"stream\n".repeat(streams), end].concat()
        };
        assert_eq!(find_text(&file_of(MAX_STREAMS - 1)), Some(text.clone()));
        assert_eq!(find_text(&file_of(MAX_STREAMS)), None);
    }

    proptest! {
        #[test]
        fn no_file_panics(bytes in prop::collection::vec(any::<u8>(), 0..300), pdf in any::<bool>()) {
            let start: &[u8] = if pdf { b"%PDF-1.7\nstream\n" } else { b"\x89PNG\r\n\x1a\n" };
            let _ = find_text(&[start, &bytes].concat());
        }
    }
}
