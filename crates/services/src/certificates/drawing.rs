//! The squares that a PDF draws, as a picture. A program that prints a certificate into a new file drops what was attached to it and draws
//! the same QR code again, module by module; nothing else of the page matters here. Curves, text and pictures are left out.

use std::str::FromStr;

use image::{DynamicImage, GrayImage, Luma};

/// Length of the picture's longer side in pixels: a code that takes a quarter of a page keeps some eight pixels for each module.
const SIDE: f64 = 3200.0;

/// The fewest dark rectangles of a drawing that may hold a QR code, and the most that are drawn.
const MIN_RECTANGLES: usize = 100;
const MAX_RECTANGLES: usize = 100_000;

/// The most pixels that are painted, those painted over included: a file's rectangles may all lie upon each other.
const MAX_PAINTED: usize = 64_000_000;

/// How deep states may be nested (ISO 32000-2, annex C).
const MAX_DEPTH: usize = 28;

/// Draws the filled rectangles of a content stream (ISO 32000-2, 8.5). `None` where there are too few for a QR code.
pub(super) fn draw_rectangles(content: &[u8]) -> Option<DynamicImage> {
    let mut reader = Reader::default();
    for token in content.split(|byte| is_delimiter(*byte)).filter(|token| !token.is_empty()) {
        reader.read(std::str::from_utf8(token).unwrap_or_default());
        if reader.filled.len() > MAX_RECTANGLES {
            return None;
        }
    }
    let dark = reader.filled.iter().filter(|rectangle| rectangle.is_dark);
    if dark.clone().count() < MIN_RECTANGLES {
        return None;
    }
    let bounds = dark.copied().reduce(Rectangle::union)?;
    draw(&reader.filled, &bounds)
}

/// White space, and what may stand beside a number without any.
fn is_delimiter(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b"[]<>()\0".contains(&byte)
}

#[derive(Clone, Copy)]
struct Rectangle {
    left: f64,
    bottom: f64,
    right: f64,
    top: f64,
    is_dark: bool,
}

impl Rectangle {
    fn union(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            bottom: self.bottom.min(other.bottom),
            right: self.right.max(other.right),
            top: self.top.max(other.top),
            is_dark: self.is_dark,
        }
    }

    /// The rectangle of a closed path; `None` for any other figure.
    fn of(path: &[(f64, f64)], is_dark: bool) -> Option<Self> {
        let (first, rest) = path.split_first()?;
        let corners = match rest {
            [.., last] if last == first => path.get(..path.len() - 1)?,
            _ => path,
        };
        let [a, b, c, d] = corners else { return None };
        let is_flat = |one: f64, other: f64| (one - other).abs() < 1e-3;
        let turns = |first: &(f64, f64), second: &(f64, f64)| {
            is_flat(first.0, second.0) || is_flat(first.1, second.1)
        };
        let is_upright = turns(a, b) && turns(b, c) && turns(c, d) && turns(d, a);
        is_upright.then(|| Self {
            left: a.0.min(c.0),
            bottom: a.1.min(c.1),
            right: a.0.max(c.0),
            top: a.1.max(c.1),
            is_dark,
        })
    }
}

/// Takes points to the page (ISO 32000-2, 8.3.4): where the unit vectors and the origin go.
#[derive(Clone, Copy)]
struct Matrix {
    across: (f64, f64),
    upward: (f64, f64),
    origin: (f64, f64),
}

impl Matrix {
    const IDENTITY: Self = Self { across: (1.0, 0.0), upward: (0.0, 1.0), origin: (0.0, 0.0) };

    fn of(numbers: [f64; 6]) -> Self {
        let [right, rise, lean, up, left, bottom] = numbers;
        Self { across: (right, rise), upward: (lean, up), origin: (left, bottom) }
    }

    fn turn(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.across.0 * x + self.upward.0 * y, self.across.1 * x + self.upward.1 * y)
    }

    fn place(&self, point: (f64, f64)) -> (f64, f64) {
        let (x, y) = self.turn(point);
        (x + self.origin.0, y + self.origin.1)
    }

    /// This one, then `later`.
    fn followed_by(&self, later: &Self) -> Self {
        Self {
            across: later.turn(self.across),
            upward: later.turn(self.upward),
            origin: later.place(self.origin),
        }
    }
}

#[derive(Clone, Copy)]
struct State {
    matrix: Matrix,
    is_dark: bool,
}

impl Default for State {
    fn default() -> Self {
        Self { matrix: Matrix::IDENTITY, is_dark: true }
    }
}

/// Reads the operators of a content stream one by one.
#[derive(Default)]
struct Reader {
    operands: Vec<f64>,
    state: State,
    saved: Vec<State>,
    /// The closed and open figures of the path being built; `None` for one with curves.
    paths: Vec<Option<Vec<(f64, f64)>>>,
    filled: Vec<Rectangle>,
}

impl Reader {
    fn read(&mut self, token: &str) {
        if let Ok(number) = f64::from_str(token) {
            // no operator takes more than six; what text leaves behind is dropped
            if self.operands.len() == 6 {
                self.operands.remove(0);
            }
            self.operands.push(number);
            return;
        }
        self.apply(token);
        self.operands.clear();
    }

    fn apply(&mut self, operator: &str) {
        match (operator, self.operands.as_slice()) {
            ("q", _) if self.saved.len() < MAX_DEPTH => self.saved.push(self.state),
            ("Q", _) => self.state = self.saved.pop().unwrap_or_default(),
            ("cm", numbers) => {
                if let Ok(numbers) = <[f64; 6]>::try_from(numbers) {
                    self.state.matrix = Matrix::of(numbers).followed_by(&self.state.matrix);
                }
            }
            ("m", &[.., x, y]) => self.paths.push(Some(vec![self.state.matrix.place((x, y))])),
            ("l", &[.., x, y]) => {
                let point = self.state.matrix.place((x, y));
                if let Some(Some(path)) = self.paths.last_mut() {
                    path.push(point);
                }
            }
            ("c" | "v" | "y", _) => {
                if let Some(path) = self.paths.last_mut() {
                    *path = None;
                }
            }
            ("re", &[.., x, y, width, height]) => {
                let corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)];
                self.paths.push(Some(corners.map(|corner| self.state.matrix.place(corner)).to_vec()));
            }
            ("f" | "F" | "f*" | "B" | "B*" | "b" | "b*", _) => self.fill(),
            ("n" | "S" | "s", _) => self.paths.clear(),
            ("g" | "rg" | "k" | "sc" | "scn", levels) => self.state.is_dark = is_dark(levels),
            _ => {}
        }
    }

    fn fill(&mut self) {
        let is_dark = self.state.is_dark;
        let figures = self.paths.drain(..).flatten();
        self.filled.extend(figures.filter_map(|path| Rectangle::of(&path, is_dark)));
    }
}

/// Whether a colour of one (grey), three (red, green, blue) or four (inks) levels is dark.
fn is_dark(levels: &[f64]) -> bool {
    match levels {
        [grey] => *grey < 0.5,
        [red, green, blue] => red + green + blue < 1.5,
        [cyan, magenta, yellow, black] => *black > 0.5 || cyan + magenta + yellow > 1.5,
        _ => true,
    }
}

/// Paints the rectangles in their order into a picture of what lies within `bounds`, with a margin around it. `None` where they take more
/// than [`MAX_PAINTED`].
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a picture has at most some thousand pixels a side, and a conversion of floats saturates"
)]
fn draw(rectangles: &[Rectangle], bounds: &Rectangle) -> Option<DynamicImage> {
    let (width, height) = (bounds.right - bounds.left, bounds.top - bounds.bottom);
    let margin = 0.05 * width.max(height);
    let scale = SIDE / (width.max(height) + 2.0 * margin);
    let pixels = |length: f64| ((length + 2.0 * margin) * scale).clamp(1.0, SIDE) as u32;
    let mut picture = GrayImage::from_pixel(pixels(width), pixels(height), Luma([u8::MAX]));
    let column = |x: f64| ((x - bounds.left + margin) * scale).round().max(0.0) as u32;
    // a page counts from below, a picture from above
    let row = |y: f64| ((bounds.top - y + margin) * scale).round().max(0.0) as u32;
    let mut painted = 0;
    for rectangle in rectangles {
        let level = Luma([if rectangle.is_dark { 0 } else { u8::MAX }]);
        let rows = row(rectangle.top)..row(rectangle.bottom).min(picture.height());
        let columns = column(rectangle.left)..column(rectangle.right).min(picture.width());
        painted += rows.len() * columns.len();
        if painted > MAX_PAINTED {
            return None;
        }
        for y in rows {
            columns.clone().for_each(|x| picture.put_pixel(x, y, level));
        }
    }
    Some(DynamicImage::ImageLuma8(picture))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn dark_pixels(picture: &DynamicImage) -> usize {
        picture.to_luma8().pixels().filter(|pixel| pixel.0 == [0]).count()
    }

    #[test]
    fn rectangles_are_drawn_however_their_path_is_written() {
        let plain: String = (0..100).map(|place| format!("{} 0 1 1 re f\n", place * 2)).collect();
        let lines: String = (0..100)
            .map(|place| 2 * place)
            .map(|x| format!("{x} 0 m {} 0 l {} 1 l {x} 1 l h ", x + 1, x + 1))
            .collect();
        let scaled = format!("q .5 0 0 .5 0 0 cm 0 g {lines} f* Q");
        let white = format!("1 1 1 rg 0 0 500 500 re f 0 0 0 rg {plain}");
        let expected = dark_pixels(&draw_rectangles(plain.as_bytes()).unwrap());
        assert!(expected > 10_000);
        for other in [scaled, white] {
            assert_eq!(dark_pixels(&draw_rectangles(other.as_bytes()).unwrap()), expected, "{other}");
        }
        assert!(draw_rectangles(b"0 0 1 1 re f").is_none(), "no code has one module");
    }

    #[test]
    fn rectangles_that_lie_upon_each_other_are_given_up() {
        let huge = "-1e300 -1e300 2e300 2e300 re f 0 0 1 1 re f\n";
        assert!(draw_rectangles(huge.repeat(MIN_RECTANGLES).as_bytes()).is_none());
        let few = ["0 0 9 9 re f ", &"0 0 1 1 re f ".repeat(MIN_RECTANGLES)].concat();
        assert!(draw_rectangles(few.as_bytes()).is_some());
    }

    proptest! {
        #[test]
        fn no_content_panics(content in "([-0-9.e]{1,6} ){0,6}(q|Q|cm|m|l|c|re|f|n|rg|g)( ([-0-9.e]{1,6} ){0,6}(q|Q|cm|m|l|c|re|f|n|rg|g)){0,40}") {
            let _ = draw_rectangles(content.as_bytes());
        }
    }
}
