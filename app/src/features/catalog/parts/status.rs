//! Status, duration and place of a service in words.

use contracts::{catalog::Modality, country, states::ServiceStatus};
use leptos::prelude::*;

use crate::ui::{Icon, StatusBadge, Tone, group_digits};

/// Badge of a service's status.
#[component]
pub fn ServiceStatusBadge(
    /// The status.
    status: ServiceStatus,
) -> impl IntoView {
    let (tone, icon) = match status {
        ServiceStatus::Draft => (Tone::Neutral, Icon::Edit),
        ServiceStatus::Published => (Tone::Ok, Icon::CheckCircle),
        ServiceStatus::Paused => (Tone::Warn, Icon::Pause),
        ServiceStatus::Retired => (Tone::Neutral, Icon::Archive),
    };
    view! { <StatusBadge tone label=status.label() icon/> }
}

/// Returns a duration in words: `45 min`, `2 h 30 min`, `3 days`, `4 weeks`. Days and weeks are used only for whole ones: a course of
/// 40 hours does not take "1 day and 16 hours".
pub fn duration_text(minutes: u32) -> String {
    let (hours, rest) = (minutes / 60, minutes % 60);
    let hour_text = || [&group_digits(hours.into()), " h"].concat();
    match (hours, rest) {
        (0, rest) => format!("{rest} min"),
        (24, 0) => "1 day".to_owned(),
        (168, 0) => "1 week".to_owned(),
        (hours, 0) if hours % 168 == 0 => format!("{} weeks", hours / 168),
        (hours, 0) if hours % 24 == 0 => format!("{} days", hours / 24),
        (_, 0) => hour_text(),
        (_, rest) => format!("{} {rest} min", hour_text()),
    }
}

/// Returns the place in words: `On site · Berlin, Germany`.
pub fn place_text(modality: Modality, city: &str, country_code: &str) -> String {
    let country = country::name_of(country_code).unwrap_or(country_code);
    let place = if city.is_empty() { country.to_owned() } else { format!("{city}, {country}") };
    format!("{} · {place}", modality.label())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_naturally() {
        for (minutes, text) in [
            (45, "45 min"),
            (60, "1 h"),
            (150, "2 h 30 min"),
            (1_440, "1 day"),
            (4_320, "3 days"),
            (1_560, "26 h"),
            (2_400, "40 h"),
            (2_910, "48 h 30 min"),
            (40_320, "4 weeks"),
            (43_200, "30 days"),
        ] {
            assert_eq!(duration_text(minutes), text);
        }
    }
}
