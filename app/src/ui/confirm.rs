//! Confirmation of an action that cannot be undone.

use leptos::prelude::*;

use super::{ButtonLook, ButtonSize, Dialog, DialogOpener, Disclosure, VisuallyHidden, use_hydrated};

/// A button that opens a dialog with the consequences and the form of the action. Before hydration the same content unfolds in its
/// place.
#[component]
pub fn Confirm(
    /// ID, unique on the page.
    #[prop(into)]
    id: String,
    /// Question: "Remove Ada Byron?".
    #[prop(into)]
    title: String,
    /// Text of the button that opens the dialog: "Remove".
    #[prop(into)]
    opener: String,
    /// Object of the action, spoken after `opener` where only the position shows it, as in a table's row.
    #[prop(optional, into)]
    about: String,
    /// Visual weight of this button.
    #[prop(optional)]
    look: ButtonLook,
    /// Height.
    #[prop(optional)]
    size: ButtonSize,
    /// Text of the button that closes the dialog without action.
    #[prop(default = "Cancel")]
    keep: &'static str,
    /// Consequences, and the form with its button.
    children: ChildrenFn,
) -> impl IntoView {
    let hydrated = use_hydrated();
    move || {
        let content = children.clone();
        if !hydrated.get() {
            let summary = if about.is_empty() { opener.clone() } else { format!("{opener} {about}") };
            return view! { <Disclosure summary><div class="stack">{content()}</div></Disclosure> }
                .into_any();
        }
        let (words, about) = (opener.clone(), about.clone());
        let spoken = (!about.is_empty()).then(|| view! { <VisuallyHidden>" "{about}</VisuallyHidden> });
        view! {
            <DialogOpener target=id.clone() look size>{words}{spoken}</DialogOpener>
            <Dialog id=id.clone() title=title.clone()>
                <div class="stack">{content()}</div>
                // a separate form, because a button that only closes must not send the form of the action
                <form method="dialog" class="dialog-foot"><button class="btn btn-secondary">{keep}</button></form>
            </Dialog>
        }
        .into_any()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_scripts_the_act_unfolds_in_its_place() {
        let html = Owner::new().with(|| {
            view! { <Confirm id="gone" title="Remove it?" opener="Remove" about="Ada"><p>"For good."</p></Confirm> }.to_html()
        });
        assert!(
            html.contains("<details") && html.contains("Remove Ada") && html.contains("For good."),
            "{html}"
        );
        assert!(!html.contains("<dialog"), "{html}");
    }
}
