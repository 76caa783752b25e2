//! Multi-line text fields.

use leptos::prelude::*;

use super::field::{FieldWidth, Labelling, Wiring, frame};
use crate::form_restore::restored_or;

/// Returns the initial value as markup, escaped, because Leptos does not escape the children of a `<textarea>`. HTML ignores a line
/// break right after the tag, so the server writes one first; the browser sets `innerHTML`, where it would be kept.
fn initial_markup(value: &str) -> String {
    let mut markup = String::with_capacity(value.len() + 1);
    if cfg!(feature = "ssr") {
        markup.push('\n');
    }
    for letter in value.chars() {
        match letter {
            '&' => markup.push_str("&amp;"),
            '<' => markup.push_str("&lt;"),
            '>' => markup.push_str("&gt;"),
            other => markup.push(other),
        }
    }
    markup
}

/// A multi-line text field. The component accepts `on:input`.
#[component]
pub fn TextArea(
    /// Name of the field in the form, and key of its error.
    #[prop(into)]
    name: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// Hint about the expected input.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Initial value; later changes are written into the control.
    #[prop(optional, into)]
    value: Signal<String>,
    /// Number of visible lines; the control grows with its text where the browser supports it.
    #[prop(default = 5)]
    rows: u32,
    /// Maximum length of the text, in UTF-16 units as in HTML.
    #[prop(optional)]
    max_length: Option<u32>,
    /// True if the field may be left empty.
    #[prop(optional)]
    optional: bool,
    /// Error text; by default that of `name` in the `FormScope`.
    #[prop(optional, into)]
    error: MaybeProp<String>,
) -> impl IntoView {
    let wiring = Wiring::new(&name, None, hint.is_some(), error);
    let node = NodeRef::<leptos::html::Textarea>::new();
    Effect::watch(
        move || value.get(),
        move |value, _, _| {
            if let Some(area) = node.get_untracked() {
                area.set_value(value);
            }
        },
        false,
    );
    let first = restored_or(&name, value.get_untracked());
    let control = view! {
        <textarea
            node_ref=node
            id=wiring.id.clone()
            name=name
            class="input"
            rows=rows
            maxlength=max_length
            required=!optional
            aria-describedby=wiring.described_by()
            aria-invalid=wiring.invalid()
            inner_html=initial_markup(&first)
        ></textarea>
    };
    let labelling = Labelling { label, hint, optional, hide_label: false, width: FieldWidth::Full };
    frame(labelling, &wiring, control.into_any())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_area() {
        let html = Owner::new().with(|| {
            let value = "</textarea><script>alert(1)</script> & co";
            view! { <TextArea name="about" label="About" value=value/> }.to_html()
        });
        assert!(
            html.contains("\n&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; co</textarea>"),
            "{html}"
        );
        assert_eq!(html.matches("<script").count(), 0, "{html}");
    }
}
