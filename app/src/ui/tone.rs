//! The five meanings a colour may have. Each brings its own icon, so that colour never stands alone.

use super::Icon;

/// What a badge, banner or toast says about its subject.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// A fact without judgement: draft, expired long ago.
    #[default]
    Neutral,
    /// Worth knowing: in progress, new.
    Info,
    /// Good: paid, verified, valid.
    Ok,
    /// Needs attention soon: expiring, awaiting payment.
    Warn,
    /// Bad: failed, refused, revoked.
    Bad,
}

impl Tone {
    /// The icon that says the same as the colour.
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
