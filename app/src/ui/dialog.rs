//! Modal dialogs with the native element: the focus stays inside, Escape closes, and the focus returns to the opener.

use leptos::prelude::*;

use super::{ButtonLook, ButtonSize, Glyph, Icon, classes};

/// A dialog, closed until its `DialogOpener` is pressed. A task that must work without JavaScript also has a page: the opener is then a
/// link to that page.
#[component]
pub fn Dialog(
    /// ID, unique on the page; the opener refers to it.
    #[prop(into)]
    id: String,
    /// Question or task.
    #[prop(into)]
    title: String,
    /// Signal that opens (true) and closes (false) the dialog from code.
    #[prop(optional, into)]
    open: Option<RwSignal<bool>>,
    /// Content. The buttons of a form belong into a `<footer class="dialog-foot">`.
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<leptos::html::Dialog>::new();
    if let Some(open) = open {
        Effect::new(move |_| {
            let (Some(dialog), wanted) = (node.get(), open.get()) else { return };
            if wanted && !dialog.open() {
                // fails only if the element has left the page
                let _shown = dialog.show_modal();
            } else if !wanted && dialog.open() {
                dialog.close();
            }
        });
    }
    let heading = [id.as_str(), "-title"].concat();
    let labelled_by = heading.clone();
    view! {
        <dialog
            node_ref=node
            id=id
            class="dialog"
            aria-labelledby=labelled_by
            closedby="any"
            on:close=move |_| {
                if let Some(open) = open {
                    open.set(false);
                }
            }
        >
            <header class="dialog-head">
                <h2 id=heading>{title}</h2>
                <form method="dialog">
                    <button class="btn btn-quiet btn-square" aria-label="Close" title="Close">
                        <Glyph icon=Icon::X/>
                    </button>
                </form>
            </header>
            <div class="dialog-body">{children()}</div>
        </dialog>
    }
}

/// A button that opens a dialog by its ID; browsers do it without scripts, so it works before hydration.
#[component]
pub fn DialogOpener(
    /// ID of the dialog.
    #[prop(into)]
    target: String,
    /// Visual weight.
    #[prop(optional)]
    look: ButtonLook,
    /// Height.
    #[prop(optional)]
    size: ButtonSize,
    /// Text.
    children: Children,
) -> impl IntoView {
    let id = target.clone();
    let open = move |_| show(&id);
    view! {
        <button
            type="button"
            class=classes([look.class(), size.class()])
            commandfor=target
            command="show-modal"
            aria-haspopup="dialog"
            on:click=open
        >
            {children()}
        </button>
    }
}

/// Opens the dialog in browsers without support for `commandfor`. In others it is open already or about to open.
fn show(id: &str) {
    use leptos::{wasm_bindgen::JsCast, web_sys::HtmlDialogElement};
    let dialog =
        document().get_element_by_id(id).and_then(|found| found.dyn_into::<HtmlDialogElement>().ok());
    if let Some(dialog) = dialog
        && !dialog.open()
    {
        // fails only if the element has left the page
        let _shown = dialog.show_modal();
    }
}
