//! Reads from a request how its page writes numbers and days: `Accept-Language` (RFC 9110 §12.5.4) decides about formats alone, the words
//! of pages are English.

use contracts::formats::{DateOrder, NumberFormat};
use http::{HeaderMap, header};

/// Returns the formats of the language that the reader likes best among those known here; those of English otherwise.
pub(super) fn formats_of(headers: &HeaderMap) -> (NumberFormat, DateOrder) {
    let text = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // a browser sends a handful
    let mut tags: Vec<(&str, u16)> = text.split(',').take(20).filter_map(tag_and_weight).collect();
    tags.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
    tags.into_iter().find_map(|(tag, _)| formats_of_language(tag)).unwrap_or_default()
}

/// A tag and its weight in thousandths; `None` for what is not wanted or cannot be read.
fn tag_and_weight(entry: &str) -> Option<(&str, u16)> {
    let (tag, parameter) = entry.split_once(';').unwrap_or((entry, "q=1"));
    let weight = parameter.trim().strip_prefix("q=")?;
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    let weight = match whole {
        "1" => 1_000,
        "0" => format!("{fraction:0<3}").get(..3)?.parse().ok()?,
        _ => return None,
    };
    (weight > 0).then(|| (tag.trim(), weight))
}

/// As in the Unicode Common Locale Data Repository, without what only one region of a language does.
fn formats_of_language(tag: &str) -> Option<(NumberFormat, DateOrder)> {
    let mut parts = tag.split('-');
    let language = parts.next()?.to_ascii_lowercase();
    // a script may stand between language and region: sr-Latn-RS
    let region = parts.find(|part| part.len() <= 3).unwrap_or_default().to_ascii_uppercase();
    let numbers = match (language.as_str(), region.as_str()) {
        ("de" | "it" | "en" | "rm" | "gsw", "CH" | "LI") => NumberFormat::ApostrophePoint,
        ("es", "MX" | "US" | "419" | "GT" | "HN" | "SV" | "NI" | "PA" | "PE" | "PR" | "DO")
        | ("en" | "ja" | "ko" | "zh" | "th" | "he" | "ms" | "hi" | "ga" | "mt" | "cy", _) => {
            NumberFormat::CommaPoint
        }
        ("pt", region) if region != "BR" && !region.is_empty() => NumberFormat::SpaceComma,
        (
            "de" | "nl" | "it" | "es" | "pt" | "da" | "tr" | "id" | "el" | "hr" | "sr" | "bs" | "sl" | "ro"
            | "mk" | "is" | "vi" | "ca" | "gl" | "eu" | "lb",
            _,
        ) => NumberFormat::PointComma,
        (
            "fr" | "sv" | "nb" | "nn" | "no" | "fi" | "pl" | "cs" | "sk" | "hu" | "ru" | "uk" | "be" | "bg"
            | "et" | "lv" | "lt" | "hy" | "kk" | "sq" | "af",
            _,
        ) => NumberFormat::SpaceComma,
        _ => return None,
    };
    let americans = language == "en" && matches!(region.as_str(), "US" | "CA" | "PH" | "PR");
    Some((numbers, if americans { DateOrder::MonthDayYear } else { DateOrder::DayMonthYear }))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn formats(accept: &'static str) -> (NumberFormat, DateOrder) {
        let header = (header::ACCEPT_LANGUAGE, HeaderValue::from_static(accept));
        formats_of(&HeaderMap::from_iter([header]))
    }

    #[test]
    fn the_language_liked_best_decides() {
        for (accept, numbers) in [
            ("de", NumberFormat::PointComma),
            ("de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7", NumberFormat::PointComma),
            ("de-CH", NumberFormat::ApostrophePoint),
            ("fr-FR,fr;q=0.9", NumberFormat::SpaceComma),
            ("en-GB,en;q=0.9,de;q=0.8", NumberFormat::CommaPoint),
            ("en;q=0.5, fr;q=0.8", NumberFormat::SpaceComma),
            ("tlh, de;q=0.3", NumberFormat::PointComma),
            ("de;q=0, en", NumberFormat::CommaPoint),
            ("sr-Latn-RS", NumberFormat::PointComma),
            ("pt-PT", NumberFormat::SpaceComma),
            ("pt-BR", NumberFormat::PointComma),
            ("es-419", NumberFormat::CommaPoint),
            ("*", NumberFormat::CommaPoint),
            ("", NumberFormat::CommaPoint),
            (";;q=,--,de;q=x", NumberFormat::CommaPoint),
        ] {
            assert_eq!(formats(accept).0, numbers, "{accept}");
        }
        assert_eq!(formats("en-US").1, DateOrder::MonthDayYear);
        assert_eq!(formats("en-GB").1, DateOrder::DayMonthYear);
        assert_eq!(formats("de").1, DateOrder::DayMonthYear);
    }
}
