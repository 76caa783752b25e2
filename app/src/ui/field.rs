//! Label, hint and error around every form control.

use leptos::{prelude::*, wasm_bindgen::JsCast, web_sys::HtmlInputElement};

use super::{Glyph, Icon, IconSize, classes, form_errors::CurrentErrors};

/// Width of a control, which suits its content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldWidth {
    /// The whole column.
    #[default]
    Full,
    /// Names, dates: 20 rem.
    Medium,
    /// Numbers, codes: 9 rem.
    Short,
}

impl FieldWidth {
    const fn class(self) -> &'static str {
        match self {
            Self::Full => "",
            Self::Medium => "field-medium",
            Self::Short => "field-short",
        }
    }
}

/// Returns the ID of the control with this name; error summaries link to it.
pub fn field_id(name: &str) -> String {
    ["f-", name].concat()
}

/// Focuses the field with this name and selects its text, so that the next scan replaces it.
pub fn select_field(name: &str) {
    let field = document().get_element_by_id(&field_id(name));
    if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) {
        // focusing fails only for an element that is not shown
        let _focused = field.focus();
        field.select();
    }
}

/// The attributes that connect a control with its label, hint and error.
#[derive(Clone)]
pub(super) struct Wiring {
    pub(super) id: String,
    hint_id: Option<String>,
    error_id: String,
    error: Signal<Option<String>>,
}

impl Wiring {
    /// Creates the wiring; the error is `own`, or else that of `name` in the surrounding `FormScope`.
    pub(super) fn new(name: &str, id: Option<String>, has_hint: bool, own: MaybeProp<String>) -> Self {
        let id = id.unwrap_or_else(|| field_id(name));
        let current = use_context::<CurrentErrors>();
        if let Some(current) = current {
            current.register(name, &id);
        }
        let name = name.to_owned();
        let error = Signal::derive(move || {
            own.get().or_else(|| current.and_then(|current| current.reason_of(&name)))
        });
        Self {
            hint_id: has_hint.then(|| [id.as_str(), "-hint"].concat()),
            error_id: [id.as_str(), "-error"].concat(),
            id,
            error,
        }
    }

    /// Returns the value of `aria-describedby`: the error first, then the hint.
    pub(super) fn described_by(&self) -> impl Fn() -> Option<String> + Clone + Send + Sync + use<> {
        let (hint, error_id, error) = (self.hint_id.clone(), self.error_id.clone(), self.error);
        move || match (has_error(error), &hint) {
            (true, Some(hint)) => Some([error_id.as_str(), " ", hint].concat()),
            (true, None) => Some(error_id.clone()),
            (false, hint) => hint.clone(),
        }
    }

    /// Returns the value of `aria-invalid`.
    pub(super) fn invalid(&self) -> impl Fn() -> Option<&'static str> + Clone + Send + Sync + use<> {
        let error = self.error;
        move || has_error(error).then_some("true")
    }
}

/// True while the field has an error. A page that is being replaced may ask once more after its signals are gone: then there is none.
fn has_error(error: Signal<Option<String>>) -> bool {
    error.try_with(Option::is_some).unwrap_or_default()
}

/// Texts around a control.
pub(super) struct Labelling {
    pub(super) label: String,
    pub(super) hint: Option<String>,
    pub(super) optional: bool,
    pub(super) hide_label: bool,
    pub(super) width: FieldWidth,
}

/// Draws label, hint and error around `control`.
pub(super) fn frame(labelling: Labelling, wiring: &Wiring, control: AnyView) -> AnyView {
    let Labelling { label, hint, optional, hide_label, width } = labelling;
    let (error, error_id) = (wiring.error, wiring.error_id.clone());
    let hint = hint.map(|hint| view! { <p class="field-hint" id=wiring.hint_id.clone()>{hint}</p> });
    let label_class = if hide_label { "visually-hidden" } else { "field-label" };
    view! {
        <div class=classes(["field", width.class()])>
            <label class=label_class for=wiring.id.clone()>
                {label}
                {optional.then(|| view! { <span class="field-optional">" (optional)"</span> })}
            </label>
            {hint}
            {move || error.try_get().flatten().map(|reason| error_line(error_id.clone(), reason))}
            {control}
        </div>
    }
    .into_any()
}

/// Line with the error text and its icon.
pub(super) fn error_line(id: String, reason: String) -> impl IntoView {
    view! {
        <p class="field-error" id=id><Glyph icon=Icon::Alert size=IconSize::Small/>{reason}</p>
    }
}

/// Error line of a group of controls.
pub(super) fn group_error(wiring: &Wiring) -> impl IntoView + use<> {
    let (error, error_id) = (wiring.error, wiring.error_id.clone());
    move || error.try_get().flatten().map(|reason| error_line(error_id.clone(), reason))
}

/// A field around any control, which needs `id=field_id(name)`.
#[component]
pub fn Field(
    /// Name of the control.
    #[prop(into)]
    name: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// Hint about the expected input.
    #[prop(optional, into)]
    hint: Option<String>,
    /// True if the field may be left empty.
    #[prop(optional)]
    optional: bool,
    /// Error text; by default that of `name` in the `FormScope`.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// The control.
    children: Children,
) -> impl IntoView {
    let wiring = Wiring::new(&name, None, hint.is_some(), error);
    frame(
        Labelling { label, hint, optional, hide_label: false, width: FieldWidth::Full },
        &wiring,
        children().into_any(),
    )
}
