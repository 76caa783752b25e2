//! Modal dialogs on the native element: focus is kept inside, Escape closes, focus returns to the opener.

use leptos::prelude::*;

use super::{ButtonLook, ButtonSize, Glyph, Icon, classes};

/// A dialog, closed until its `DialogOpener` is pressed. A task that must work without JavaScript has its own
/// page as well: the opener is then a link to that page.
#[component]
pub fn Dialog(
    /// Unique on the page; the opener names it.
    #[prop(into)]
    id: String,
    /// The question or the task.
    #[prop(into)]
    title: String,
    /// Set to true to open and to false to close from code.
    #[prop(optional, into)]
    open: Option<RwSignal<bool>>,
    /// The content. A form's buttons belong in it, in a `<footer class="dialog-foot">`.
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<leptos::html::Dialog>::new();
    if let Some(open) = open {
        Effect::new(move |_| {
            let (Some(dialog), wanted) = (node.get(), open.get()) else { return };
            if wanted && !dialog.open() {
                // Fails only when the element has left the page, where there is nothing to show.
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

/// Opens a dialog by its id: the browser does it, before hydration too.
#[component]
pub fn DialogOpener(
    /// The dialog's id.
    #[prop(into)]
    target: String,
    /// Its weight.
    #[prop(optional)]
    look: ButtonLook,
    /// Its height.
    #[prop(optional)]
    size: ButtonSize,
    /// The words.
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

/// For browsers that do not know `commandfor` yet; where they do, the dialog is open by now or soon.
fn show(id: &str) {
    use leptos::{wasm_bindgen::JsCast, web_sys::HtmlDialogElement};
    let dialog =
        document().get_element_by_id(id).and_then(|found| found.dyn_into::<HtmlDialogElement>().ok());
    if let Some(dialog) = dialog
        && !dialog.open()
    {
        // Fails only when the element has left the page, where there is nothing to show.
        let _shown = dialog.show_modal();
    }
}
