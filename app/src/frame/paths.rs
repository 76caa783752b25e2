//! The addresses that frames lead to.

use contracts::views::ListName;

/// The front page.
pub const HOME: &str = "/";
/// Published services.
pub const MARKET: &str = "/market";
/// The buyer organisation's cart.
pub const CART: &str = "/cart";
/// What the organisation bought.
pub const PURCHASES: &str = ListName::Purchases.path();
/// Certificates the organisation holds or issued.
pub const CERTIFICATES: &str = ListName::Certificates.path();
/// The public check of a certificate.
pub const CHECK: &str = "/check";
/// The clinic's scan page.
pub const REDEEM: &str = "/redeem";
/// The provider's own services.
pub const SERVICES: &str = ListName::Services.path();
/// The provider's transactions.
pub const ORDERS: &str = ListName::Orders.path();
/// The person's own account.
pub const ACCOUNT: &str = "/account";
/// The organisation and its members.
pub const ORGANISATION: &str = "/organisation";
/// The role's figures.
pub const DASHBOARD: &str = "/dashboard";
/// The platform's figures.
pub const CONSOLE: &str = "/console";
/// Organisations to verify.
pub const CONSOLE_ORGANISATIONS: &str = ListName::Organisations.path();
/// The audit trail.
pub const CONSOLE_AUDIT: &str = ListName::Audit.path();
/// Security events.
pub const CONSOLE_SECURITY: &str = ListName::Security.path();
/// The permission matrix.
pub const CONSOLE_PERMISSIONS: &str = "/console/permissions";
/// How the system is.
pub const CONSOLE_SYSTEM: &str = "/console/system";
/// Everything the person may see, by words.
pub const SEARCH: &str = "/search";
/// The views of lists that the person has saved, and those that are shared.
pub const VIEWS: &str = "/views";
/// The operator's terms of use; a page of the server's, like the three below.
pub const TERMS: &str = "/terms";
/// The operator's privacy notice.
pub const PRIVACY: &str = "/privacy";
/// Who operates the site.
pub const IMPRINT: &str = "/imprint";
/// How the operator is reached.
pub const CONTACT: &str = "/contact";
/// Sign in.
pub const SIGN_IN: &str = "/sign-in";
/// Sign up an organisation.
pub const SIGN_UP: &str = "/sign-up";
/// Ends the session; only by POST.
pub const SIGN_OUT: &str = "/sign-out";
/// Switches the active organisation; POST with `organisation`.
pub const SWITCH_ORGANISATION: &str = "/switch-organisation";
