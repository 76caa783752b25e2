//! Movement through the suggestions by keys.

/// A move through the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    Next,
    Previous,
    First,
    Last,
}

impl Move {
    /// Returns the movement of a key. While the list is closed, Home and End belong to the text.
    pub(super) fn from_key(key: &str, open: bool) -> Option<Self> {
        match key {
            "ArrowDown" => Some(Self::Next),
            "ArrowUp" => Some(Self::Previous),
            "Home" if open => Some(Self::First),
            "End" if open => Some(Self::Last),
            _ => None,
        }
    }
}

/// Returns the suggestion after a movement, which wraps around at both ends.
pub(super) fn step(active: Option<usize>, count: usize, way: Move) -> Option<usize> {
    let last = count.checked_sub(1)?;
    Some(match (way, active) {
        (Move::Next, Some(place)) if place < last => place + 1,
        (Move::Next | Move::First, _) => 0,
        (Move::Previous, Some(place)) if place > 0 => (place - 1).min(last),
        (Move::Previous | Move::Last, _) => last,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_go_round() {
        assert_eq!(step(None, 3, Move::Next), Some(0));
        assert_eq!(step(Some(2), 3, Move::Next), Some(0));
        assert_eq!(step(Some(0), 3, Move::Previous), Some(2));
        assert_eq!(step(None, 3, Move::Previous), Some(2));
        assert_eq!(step(Some(1), 3, Move::Last), Some(2));
        assert_eq!(step(Some(7), 3, Move::Previous), Some(2));
        assert_eq!(step(Some(1), 0, Move::Next), None);
    }

    #[test]
    fn home_and_end_stay_with_the_text_while_closed() {
        assert_eq!(Move::from_key("Home", false), None);
        assert_eq!(Move::from_key("Home", true), Some(Move::First));
        assert_eq!(Move::from_key("a", true), None);
    }
}
