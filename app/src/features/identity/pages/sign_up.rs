//! The page on which an organisation signs up with its first member.

use contracts::identity::{OrganisationKind, SignUpKind};
use leptos::prelude::*;
use server_fn::ServerFn;

use crate::{
    features::identity::{
        parts::{FactFields, kind_text},
        rpc::SignUp,
    },
    form_action::FormAction,
    frame::{LegalNote, paths},
    query::use_query,
    ui::{
        Button, ButtonLook, Card, Choice, ErrorSummary, FormScope, InputKind, PageHeader, PasswordInput,
        RadioGroup, TextInput, use_sending,
    },
    viewer::MadeForField,
};

/// Page `/sign-up`; `kind` in its query preselects the kind of organisation.
#[component]
pub fn SignUpPage() -> impl IntoView {
    let action = FormAction::of::<SignUp>();
    let sending = use_sending();
    let asked = use_query().with_untracked(|query| query.get("kind").unwrap_or_default());
    let kinds: Vec<Choice> = SignUpKind::ALL
        .iter()
        .map(|kind| {
            let is: OrganisationKind = kind.organisation();
            Choice::new(kind.as_str(), is.label()).hint(kind_text(is))
        })
        .collect();
    view! {
        <div class="form-grid stack-lg">
            <PageHeader title="Create an organisation account"
                lead="You can start right away. You can publish and buy once we've verified your organisation."/>
            <FormScope errors=action.errors()>
                <form method="post" action=SignUp::PATH novalidate=true on:submit=move |_| sending.set(true) class="stack-lg">
                    <MadeForField/>
                    <ErrorSummary/>
                    <Card title="Your organisation">
                        <div class="stack">
                            <RadioGroup name="kind" legend="What type of organisation is it?" choices=kinds value=asked/>
                            <FactFields/>
                        </div>
                    </Card>
                    <Card title="You">
                        <div class="stack">
                            <TextInput name="name" label="Your name" autocomplete="name" max_length=120/>
                            <TextInput name="email" label="E-mail address" kind=InputKind::Email autocomplete="username"
                                hint="You'll use this to sign in."/>
                            <PasswordInput name="password" label="Password" new=true
                                hint="At least 15 characters. Try three or four unrelated words."/>
                        </div>
                    </Card>
                    <LegalNote act="By signing up"/>
                    <div class="form-actions">
                        <Button look=ButtonLook::Primary pending=sending pending_text="Creating account…">"Create account"</Button>
                        <a href=paths::SIGN_IN>"I already have an account"</a>
                    </div>
                </form>
            </FormScope>
        </div>
    }
}
