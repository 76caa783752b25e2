//! The pages of saved views.

mod list;
mod new;

pub use list::ViewsPage;
pub use new::NewViewPage;
