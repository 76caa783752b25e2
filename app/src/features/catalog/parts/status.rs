//! A service's state and place in words.

use contracts::{catalog::Modality, country, states::ServiceStatus};
use leptos::prelude::*;

use crate::ui::{Icon, StatusBadge, Tone};

/// The state of a service: colour, icon and word.
#[component]
pub fn ServiceStatusBadge(
    /// The state.
    status: ServiceStatus,
) -> impl IntoView {
    let (tone, label, icon) = match status {
        ServiceStatus::Draft => (Tone::Neutral, "Draft", Icon::Edit),
        ServiceStatus::Published => (Tone::Ok, "Published", Icon::CheckCircle),
        ServiceStatus::Paused => (Tone::Warn, "Paused", Icon::Pause),
        ServiceStatus::Retired => (Tone::Neutral, "Retired", Icon::Archive),
    };
    view! { <StatusBadge tone label icon/> }
}

/// `45 min`, `2 h 30 min`, `3 days`.
pub fn duration_text(minutes: u32) -> String {
    match (minutes / 1_440, minutes % 1_440 / 60, minutes % 60) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (1, 0, 0) => "1 day".to_owned(),
        (days, 0, 0) => format!("{days} days"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

/// `On site · Berlin, Germany`.
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
            (1_560, "1 d 2 h"),
        ] {
            assert_eq!(duration_text(minutes), text);
        }
    }
}
