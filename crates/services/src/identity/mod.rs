//! People, organisations, memberships, sessions: who somebody is and what follows from it.
//!
//! Ways in: a password (sign-up, sign-in) and the link of an invitation, which ends in one of the two. The first
//! administrator's link comes from the command line.

mod account;
mod browser_name;
mod devices;
mod first_admin;
mod invitations;
mod look_alikes;
mod members;
mod organisation;
mod password;
mod people;
mod purge;
mod sessions;
mod sign_in;
mod sign_up;
mod throttle;
mod time_zone;
mod users;

pub use account::{account_get, account_update, password_change, session_end, sessions_end_others};
pub use first_admin::{FirstAdmin, first_admin_create};
pub use invitations::{
    invitation_accept, invitation_create, invitation_get, invitation_revoke, invitations_list,
};
pub use look_alikes::{look_alikes_of, skeletons_fill};
pub use members::{member_level_change, member_remove, members_list, members_of};
pub use organisation::{
    StatusDecision, facts_digest, organisation_get, organisation_of, organisation_status_set,
    organisation_update,
};
pub use people::{has_demo_accounts, viewer_get};
pub use purge::purge;
pub use sessions::{SignedIn, Start, authenticate, organisation_switch, sign_out};
pub use sign_in::{DEMO_DOMAIN, sign_in};
pub use sign_up::sign_up;
pub(crate) use time_zone::time_zone_of;
pub use time_zone::{organisation_time_zone_get, organisation_time_zone_set, time_zone_table};
pub use users::{user_disable, user_enable};
