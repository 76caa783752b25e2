//! Charts drawn as SVG on the server. Places are percentages, so that text and markers keep their size at any width;
//! values stay integers. Colour is doubled by filling, and the figures stand in a table behind.

pub mod bar;
mod figures;
pub mod line;
mod scale;

pub use bar::BarChart;
pub use line::Sparkline;

/// The colour of a series; each brings its own filling.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChartColour {
    /// The first series.
    #[default]
    Accent,
    /// The second.
    Info,
    /// The third.
    Warn,
    /// The fourth.
    Plum,
    /// The fifth, or the sum.
    Ink,
}

impl ChartColour {
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Accent => "series series-accent",
            Self::Info => "series series-info",
            Self::Warn => "series series-warn",
            Self::Plum => "series series-plum",
            Self::Ink => "series series-ink",
        }
    }

    /// The second channel of a bar: full, framed or faint.
    pub(super) const fn filling(self) -> &'static str {
        match self {
            Self::Accent | Self::Ink => "bar-full",
            Self::Info | Self::Plum => "bar-framed",
            Self::Warn => "bar-faint",
        }
    }
}

/// A named row of values, one per label of the chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// Its colour.
    pub colour: ChartColour,
    /// Its values, oldest first.
    pub values: Vec<i64>,
}

impl Series {
    /// A named row of values.
    pub fn new(name: impl Into<String>, colour: ChartColour, values: Vec<i64>) -> Self {
        Self { name: name.into(), colour, values }
    }
}
