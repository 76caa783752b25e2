//! Paths of the pages that frames link to.

use contracts::views::ListName;

/// The front page.
pub const HOME: &str = "/";
/// Published services.
pub const MARKET: &str = "/market";
/// The buyer organisation's cart.
pub const CART: &str = "/cart";
/// Purchases of the organisation.
pub const PURCHASES: &str = ListName::Purchases.path();
/// Certificates the organisation holds or issued.
pub const CERTIFICATES: &str = ListName::Certificates.path();
/// Public check of a certificate.
pub const CHECK: &str = "/check";
/// Redemption page of a clinic.
pub const REDEEM: &str = "/redeem";
/// The provider's own services.
pub const SERVICES: &str = ListName::Services.path();
/// The provider's transactions.
pub const ORDERS: &str = ListName::Orders.path();
/// The person's own account.
pub const ACCOUNT: &str = "/account";
/// The organisation and its members.
pub const ORGANISATION: &str = "/organisation";
/// Dashboard of organisations.
pub const DASHBOARD: &str = "/dashboard";
/// Dashboard of the platform.
pub const CONSOLE: &str = "/console";
/// Organisations to verify.
pub const CONSOLE_ORGANISATIONS: &str = ListName::Organisations.path();
/// The audit trail.
pub const CONSOLE_AUDIT: &str = ListName::Audit.path();
/// Security events.
pub const CONSOLE_SECURITY: &str = ListName::Security.path();
/// The permission table.
pub const CONSOLE_PERMISSIONS: &str = "/console/permissions";
/// State of the system.
pub const CONSOLE_SYSTEM: &str = "/console/system";
/// Global search.
pub const SEARCH: &str = "/search";
/// Saved views: the person's own and shared ones.
pub const VIEWS: &str = "/views";
/// The operator's terms of use; a page of the server outside of the application, like the three below.
pub const TERMS: &str = "/terms";
/// The operator's privacy notice.
pub const PRIVACY: &str = "/privacy";
/// Identity of the site's operator.
pub const IMPRINT: &str = "/imprint";
/// Contact details of the operator.
pub const CONTACT: &str = "/contact";
/// Sign-in page.
pub const SIGN_IN: &str = "/sign-in";
/// Sign-up of an organisation.
pub const SIGN_UP: &str = "/sign-up";
/// Ends the session; POST only.
pub const SIGN_OUT: &str = "/sign-out";
/// Switches the active organisation; POST with `organisation`.
pub const SWITCH_ORGANISATION: &str = "/switch-organisation";
