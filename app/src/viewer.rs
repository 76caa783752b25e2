//! Who looks at the page. Settled before the server renders, carried over to the browser with the page.

use contracts::{
    identity::{OrganisationKind, Viewer},
    states::OrganisationStatus,
};
use leptos::prelude::*;

use crate::frame::{FrameMembership, FrameOrganisation, FrameViewer, OrganisationRole};

#[derive(Clone, Copy)]
struct CurrentViewer(RwSignal<Option<Viewer>>);

/// Puts the viewer where [`use_viewer`] finds it. Call once, at the root.
pub fn provide_viewer() {
    let viewer = SharedValue::new(viewer_of_request).into_inner();
    provide_context(CurrentViewer(RwSignal::new(viewer)));
}

/// The signed-in person, or none.
pub fn use_viewer() -> ReadSignal<Option<Viewer>> {
    use_context::<CurrentViewer>().map_or_else(|| RwSignal::new(None), |current| current.0).read_only()
}

#[cfg(feature = "ssr")]
fn viewer_of_request() -> Option<Viewer> {
    use_context::<http::request::Parts>()
        .and_then(|parts| parts.extensions.get::<Option<Viewer>>().cloned().flatten())
}

/// Runs only when a page brings nothing along that can be read: then nobody is known.
#[cfg(not(feature = "ssr"))]
const fn viewer_of_request() -> Option<Viewer> {
    None
}

const fn role_of(kind: OrganisationKind) -> OrganisationRole {
    match kind {
        OrganisationKind::Platform => OrganisationRole::Platform,
        OrganisationKind::Provider => OrganisationRole::Provider,
        OrganisationKind::Insurer => OrganisationRole::Insurer,
        OrganisationKind::Intermediary => OrganisationRole::Intermediary,
    }
}

/// The viewer, as bars and rails want it.
impl From<Viewer> for FrameViewer {
    fn from(viewer: Viewer) -> Self {
        let active = viewer.active.as_ref().map(|active| active.org_id);
        Self {
            name: viewer.name,
            email: viewer.email,
            organisation: viewer.active.map(|organisation| FrameOrganisation {
                name: organisation.name,
                role: role_of(organisation.kind),
                verified: organisation.status == OrganisationStatus::Verified,
            }),
            memberships: viewer
                .memberships
                .into_iter()
                .map(|membership| FrameMembership {
                    id: membership.org_id.to_string(),
                    name: membership.name,
                    role: role_of(membership.kind),
                    current: Some(membership.org_id) == active,
                })
                .collect(),
        }
    }
}
