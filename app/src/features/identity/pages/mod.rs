//! The pages of people and organisations.

mod account;
mod invitation;
mod organisation;
mod sign_in;
mod sign_up;

pub use account::AccountPage;
pub use invitation::InvitationPage;
pub use organisation::OrganisationPage;
pub use sign_in::SignInPage;
pub use sign_up::SignUpPage;
