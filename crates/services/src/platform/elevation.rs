//! Why a step runs with the rights of a job although a person, a visitor or a payment provider asked for it.

/// The reasons. Whoever asked stays the actor; the audit record names both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Elevation {
    /// A payment page is opened, and what the provider answers is noted.
    OpenPaymentPage,
    /// Payment pages are closed so that nobody pays for what is no longer sold.
    ClosePaymentPages,
    /// The provider's answer about a payment becomes money, certificates or neither.
    SettlePayment,
    /// An event of the payment provider is stored and applied.
    ReceiveGatewayEvent,
    /// Rows of several owners are read to prove who signs in or which organisations they belong to.
    ProveIdentity,
    /// Attempts to sign in are counted across accounts and networks.
    CountAttempts,
    /// A session is prolonged or ended before its holder is known.
    KeepSession,
    /// An invitation is read by its secret, before its holder belongs to the organisation.
    ReadInvitation,
    /// A security event is stored that the caller may not read.
    RecordSecurityEvent,
    /// A person's own records are collected from every organisation (GDPR Art. 15).
    ExportOwnRecords,
}

impl Elevation {
    /// The word in the audit trail.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenPaymentPage => "open_payment_page",
            Self::ClosePaymentPages => "close_payment_pages",
            Self::SettlePayment => "settle_payment",
            Self::ReceiveGatewayEvent => "receive_gateway_event",
            Self::ProveIdentity => "prove_identity",
            Self::CountAttempts => "count_attempts",
            Self::KeepSession => "keep_session",
            Self::ReadInvitation => "read_invitation",
            Self::RecordSecurityEvent => "record_security_event",
            Self::ExportOwnRecords => "export_own_records",
        }
    }
}
