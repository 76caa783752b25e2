//! Tests that every pair of colours used together has enough contrast: WCAG 2.2, 1.4.3 and 1.4.11.

const TOKENS: &str = include_str!("../../../style/tokens.css");

/// Minimum contrast of text, 4.5 : 1.
const TEXT: f64 = 4.5;
/// Minimum contrast of borders of controls, icons and lines of charts, 3 : 1.
const SHAPE: f64 = 3.0;

fn token(name: &str, dark: bool) -> String {
    let key = format!("--{name}: light-dark(");
    let value = TOKENS.split_once(&key).unwrap_or_else(|| panic!("no token {name}")).1;
    let (light_value, rest) = value.split_once(", #").unwrap();
    if dark { format!("#{}", rest.split_once(')').unwrap().0) } else { light_value.to_owned() }
}

/// Returns the relative luminance of `#rrggbb`.
fn luminance(hex: &str) -> f64 {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Returns pairs of foreground and background with their minimum contrast.
fn pairs() -> Vec<(&'static str, &'static str, f64)> {
    let mut pairs = Vec::new();
    for ground in ["canvas", "surface", "accent-soft", "info-soft", "ok-soft", "warn-soft", "bad-soft"] {
        pairs.extend([("ink", ground, TEXT), ("muted", ground, TEXT)]);
    }
    for ground in ["canvas", "surface"] {
        for text in ["accent", "accent-strong", "info", "ok", "warn", "bad", "bad-strong"] {
            pairs.push((text, ground, TEXT));
        }
        pairs.push(("control", ground, SHAPE));
    }
    pairs.extend([
        ("accent", "accent-soft", TEXT),
        ("accent-strong", "accent-soft", TEXT),
        ("info", "info-soft", TEXT),
        ("ok", "ok-soft", TEXT),
        ("warn", "warn-soft", TEXT),
        ("bad", "bad-soft", TEXT),
        ("on-accent", "accent", TEXT),
        ("on-accent", "accent-strong", TEXT),
        ("on-tone", "bad", TEXT),
        ("on-tone", "bad-strong", TEXT),
        ("on-tone", "ok", TEXT),
        ("on-tone", "warn", TEXT),
        ("on-tone", "info", TEXT),
        ("canvas", "ink", TEXT),
    ]);
    pairs
}

#[test]
fn every_pair_is_told_apart_in_both_themes() {
    let mut weak = Vec::new();
    for dark in [false, true] {
        for (front, ground, least) in pairs() {
            let ratio = contrast(&token(front, dark), &token(ground, dark));
            if ratio < least {
                weak.push(format!("{front} on {ground}, dark {dark}: {ratio:.2} < {least}"));
            }
        }
    }
    assert!(weak.is_empty(), "{weak:#?}");
}

#[test]
fn the_formula_knows_its_ends() {
    assert!((contrast("#000000", "#FFFFFF") - 21.0).abs() < 1e-9);
    assert!((contrast("#12211F", "#12211F") - 1.0).abs() < 1e-9);
}
