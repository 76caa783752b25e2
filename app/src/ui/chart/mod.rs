//! Charts, drawn as SVG on the server. Positions are percentages, so that text and markers keep their size at any width; values are
//! integers. Each chart has its values in a table.

pub mod bar;
mod figures;
pub mod line;
mod scale;

pub use bar::BarChart;
pub use line::Sparkline;
