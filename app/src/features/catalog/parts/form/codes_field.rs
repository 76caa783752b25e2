//! The ICD-11 picker of the service form.

use contracts::catalog::{CodeView, Icd11Hit};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    features::catalog::{parts::Attribution, rpc::icd11_search},
    ui::{Choice, Combobox},
};

fn choice_of(code: CodeView) -> Choice {
    Choice::new(code.code.clone(), code.title).hint(code.code)
}

fn choices_of(hits: Vec<Icd11Hit>) -> Vec<Choice> {
    hits.into_iter().map(|hit| choice_of(hit.entity)).collect()
}

/// Field that searches codes while somebody types.
#[component]
pub fn CodesField(chosen: Vec<CodeView>, query: String, hits: Vec<Icd11Hit>) -> impl IntoView {
    let query = RwSignal::new(query);
    let selected = RwSignal::new(chosen.into_iter().map(choice_of).collect::<Vec<_>>());
    let options = RwSignal::new(choices_of(hits));
    let loading = RwSignal::new(false);
    let failure = RwSignal::new(None::<String>);
    Effect::watch(
        move || query.get(),
        move |typed, _, _| {
            let typed = typed.clone();
            loading.set(true);
            spawn_local(async move {
                let found = icd11_search(typed.clone()).await;
                // an answer for an earlier text is dropped
                if query.get_untracked() == typed {
                    failure.set(found.as_ref().err().map(|error| error.to_string()));
                    options.set(found.map(choices_of).unwrap_or_default());
                    loading.set(false);
                }
            });
        },
        false,
    );
    view! {
        <div class="stack">
            <Combobox
                name="codes[]"
                label="ICD-11 codes"
                hint="Choose 1 to 8 codes. Search by code (BA00) or by words (hypertension). Buyers find the service by these codes."
                query
                options
                selected
                multiple=true
                loading
                failure
            />
            <Attribution text=contracts::catalog::ICD11_ATTRIBUTION/>
        </div>
    }
}
