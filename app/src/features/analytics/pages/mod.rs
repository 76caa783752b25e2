//! The front page and the dashboards.

mod dashboard;
mod home;

pub(super) use dashboard::DashboardPage;
pub(super) use home::HomePage;
