//! The question before an act that cannot be taken back.

use leptos::prelude::*;

use super::{ButtonLook, ButtonSize, Dialog, DialogOpener, Disclosure, VisuallyHidden, use_hydrated};

/// A button that opens a dialog with the consequences and the form that carries the act out. Until the page is alive, the same
/// unfolds in its place.
#[component]
pub fn Confirm(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// The question: "Remove Ada Byron?".
    #[prop(into)]
    title: String,
    /// The words of the button that asks: "Remove".
    #[prop(into)]
    opener: String,
    /// What it is about, spoken after `opener` where only the place shows it: a table's row.
    #[prop(optional, into)]
    about: String,
    /// The weight of the button that asks.
    #[prop(optional)]
    look: ButtonLook,
    /// Its height.
    #[prop(optional)]
    size: ButtonSize,
    /// The words that let it be.
    #[prop(default = "Cancel")]
    keep: &'static str,
    /// The consequences, and the form with its button.
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
                // a form of its own: a button that only closes must not send the act's form
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
