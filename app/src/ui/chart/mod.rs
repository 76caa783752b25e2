//! Charts drawn as SVG on the server. Places are percentages, so that text and markers keep their size at any width;
//! values stay integers. The figures stand in a table behind.

pub mod bar;
mod figures;
pub mod line;
mod scale;

pub use bar::BarChart;
pub use line::Sparkline;
