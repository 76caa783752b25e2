//! Texts of a chart: its axis, and the table of its values.

use leptos::prelude::*;

use super::scale::{Scale, percent};
use crate::ui::money::{format_decimal, group_digits};
use crate::ui::{Disclosure, Table};

/// Returns the value with all digits.
fn full(value: i64) -> String {
    let sign = if value < 0 { "\u{2212}" } else { "" };
    [sign, &group_digits(value.unsigned_abs())].concat()
}

/// Returns the value in short form for an axis: `12.5k`, `3M`.
fn short(value: i64) -> String {
    let size = value.unsigned_abs();
    let (unit, letter) = match size {
        0..10_000 => return full(value),
        10_000..1_000_000 => (1_000, "k"),
        1_000_000..1_000_000_000 => (1_000_000, "M"),
        _ => (1_000_000_000, "bn"),
    };
    let tenth = size % unit / (unit / 10);
    let fraction = if tenth == 0 { String::new() } else { tenth.to_string() };
    let sign = if value < 0 { "\u{2212}" } else { "" };
    [sign, &format_decimal(size / unit, &fraction), letter].concat()
}

/// Marks beside the plot.
pub(super) fn value_axis(scale: Scale) -> impl IntoView + use<> {
    let marks: Vec<_> = scale.marks().map(|mark| view! { <span>{short(mark)}</span> }).collect();
    view! { <div class="chart-values" aria-hidden="true">{marks}</div> }
}

/// Grid lines at the marks.
pub(super) fn grid() -> impl IntoView + use<> {
    let lines: Vec<_> = (0..=4_i64)
        .map(|place| {
            let y = percent(place * 2_500);
            view! { <line x1="0" y1=y.clone() x2="100%" y2=y></line> }
        })
        .collect();
    view! { <g class="chart-grid">{lines}</g> }
}

/// The values as a folded table.
pub(super) fn figures(
    title: String,
    labels: Vec<String>,
    unit: String,
    values: Vec<i64>,
) -> impl IntoView + use<> {
    let rows: Vec<_> = labels
        .into_iter()
        .zip(values)
        .map(|(label, value)| view! { <tr><th scope="row">{label}</th><td data-label=unit.clone() class="num">{full(value)}</td></tr> })
        .collect();
    view! {
        <Disclosure summary="Show data table">
            <Table caption=title density=crate::ui::TableDensity::Dense>
                <thead><tr><td data-label=""></td><th scope="col" class="num">{unit}</th></tr></thead>
                <tbody>{rows}</tbody>
            </Table>
        </Disclosure>
    }
}
