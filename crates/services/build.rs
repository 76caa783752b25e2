//! Writes the styles of e-mails: a mail program reads the `style` of an element and no stylesheet.

use std::{env, error::Error, fmt::Write, fs, path::Path};

use tailwind_rs::TailwindBuilder;

/// The parts of an e-mail: classes, of which `tailwind-rs` 0.2 knows those for distances, weights and colours of text, and by hand what
/// it does not know or gets wrong (sizes of letters, grounds, corners). A test has read what comes out (`mail/content.rs`).
const PARTS: [(&str, &str, &str); 7] = [
    (
        "PAGE",
        "p-6 text-[#12211F]",
        "margin:0;background:#F6F8F8;font-family:Inter,system-ui,sans-serif;font-size:16px;",
    ),
    (
        "CARD",
        "mx-auto p-8",
        "max-width:36rem;background:#FFFFFF;border:1px solid #D5DEDC;border-radius:12px;",
    ),
    ("BRAND", "mt-0 mb-6 font-bold text-[#0B6B5E]", ""),
    ("HEADING", "mt-0 mb-4 font-semibold leading-8", "font-size:22px;"),
    ("TEXT", "mt-0 mb-4 leading-6", ""),
    (
        "BUTTON",
        "inline-block p-2 font-medium text-white no-underline",
        "background:#0B6B5E;border-radius:8px;",
    ),
    ("FOOT", "mt-8 mb-0 leading-5 text-[#51635F]", "font-size:13px;"),
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let mut code = String::new();
    for (name, classes, by_hand) in PARTS {
        let (left_over, style) =
            TailwindBuilder::default().inline(classes).map_err(|error| format!("{name}: {error}"))?;
        if !left_over.is_empty() {
            return Err(format!("{name}: {left_over} cannot stand in an element").into());
        }
        writeln!(code, "pub(super) const {name}: &str = {:?};", style + by_hand)?;
    }
    #[expect(clippy::disallowed_methods, reason = "where cargo says that made files go; no configuration")]
    let out = env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join("mail_styles.rs"), code)?;
    Ok(())
}
