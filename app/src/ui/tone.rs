//! The five meanings of colours. Each has its own icon, so that nothing depends on colour alone.

use super::Icon;

/// Meaning of a badge, banner or toast.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// A neutral fact: draft, expired long ago.
    #[default]
    Neutral,
    /// Information: in progress, new.
    Info,
    /// Good: paid, verified, valid.
    Ok,
    /// Needs attention soon: expiring, awaiting payment.
    Warn,
    /// Bad: failed, refused, revoked.
    Bad,
}

impl Tone {
    /// Returns the icon with the meaning of the colour.
    pub const fn icon(self) -> Icon {
        match self {
            Self::Neutral => Icon::Minus,
            Self::Info => Icon::Info,
            Self::Ok => Icon::CheckCircle,
            Self::Warn => Icon::Warning,
            Self::Bad => Icon::XCircle,
        }
    }
}
