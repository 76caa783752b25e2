//! Conversion of values to positions, in integers.

/// Number of steps of the value axis.
const STEPS: i128 = 4;

/// A value axis with round steps that contains zero and all values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scale {
    low: i128,
    step: i128,
}

impl Scale {
    /// Creates the axis for values.
    pub(super) fn over(values: impl Iterator<Item = i64> + Clone) -> Self {
        let high = i128::from(values.clone().max().unwrap_or(0).max(0));
        let low = i128::from(values.min().unwrap_or(0).min(0));
        let mut step = round_up((high - low + STEPS - 1) / STEPS);
        loop {
            let floor = low.div_euclid(step) * step;
            if floor + STEPS * step >= high {
                return Self { low: floor, step };
            }
            step = round_up(step + 1);
        }
    }

    /// Iterates over the marks, from the top down.
    pub(super) fn marks(self) -> impl Iterator<Item = i64> {
        (0..=STEPS).rev().filter_map(move |place| i64::try_from(self.low + place * self.step).ok())
    }

    /// Returns the distance of a value from the top, in hundredths of a percent.
    pub(super) fn depth(self, value: i64) -> i64 {
        let whole = STEPS * self.step;
        let above = self.low + whole - i128::from(value);
        i64::try_from((above * 10_000 + whole / 2) / whole).unwrap_or(0)
    }
}

/// Returns the next round number that is not smaller: 1 to 6 and 8, then 10, 15, 20, 25, 30, 40, 50, 60, 80, and these tenfold.
fn round_up(value: i128) -> i128 {
    if let Some(small) = [1, 2, 3, 4, 5, 6, 8].into_iter().find(|step| *step >= value) {
        return small;
    }
    let mut power = 1;
    loop {
        if let Some(step) =
            [10, 15, 20, 25, 30, 40, 50, 60, 80].into_iter().find(|step| step * power >= value)
        {
            return step * power;
        }
        power *= 10;
    }
}

/// Writes hundredths of a percent as an SVG length: `12.34%`.
pub(super) fn percent(hundredths: i64) -> String {
    let (sign, size) = if hundredths < 0 { ("-", -hundredths) } else { ("", hundredths) };
    let fraction = size % 100;
    let pad = if fraction < 10 { "0" } else { "" };
    [sign, &(size / 100).to_string(), ".", pad, &fraction.to_string(), "%"].concat()
}

/// Returns the distance of a point from the start, in hundredths of a percent; `place` is its index among `count`. A single point is in
/// the middle.
pub(super) fn across(place: usize, count: usize) -> i64 {
    if count < 2 {
        return 5_000;
    }
    i64::try_from(place * 10_000 / (count - 1)).unwrap_or(10_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_are_round_and_hold_every_value() {
        for values in [
            vec![],
            vec![0],
            vec![7, 3],
            vec![124_000, 9_800],
            vec![-40, 90],
            vec![-3, -1],
            vec![i64::MAX, 0],
        ] {
            let scale = Scale::over(values.iter().copied());
            for value in &values {
                assert!((0..=10_000).contains(&scale.depth(*value)), "{values:?} {scale:?}");
            }
        }
        assert_eq!(Scale::over([73].into_iter()).marks().collect::<Vec<_>>(), [80, 60, 40, 20, 0]);
    }

    #[test]
    fn places_are_written_with_two_digits() {
        assert_eq!(percent(1_205), "12.05%");
        assert_eq!(percent(-50), "-0.50%");
    }
}
