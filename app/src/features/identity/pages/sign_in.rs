//! The sign-in page. Its form is a plain post, because the whole page changes with the person.

use leptos::prelude::*;
use server_fn::ServerFn;

use crate::{
    features::identity::rpc::SignIn,
    form_action::FormAction,
    frame::{paths, start_of},
    query::use_query,
    ui::{
        Banner, Button, ButtonLook, Card, ErrorSummary, FormScope, InputKind, PageHeader, PasswordInput,
        TextInput, Tone, use_sending,
    },
    viewer::{MadeForField, use_viewer},
};

/// Page `/sign-in`; `next` in its query is the address to go to afterwards.
#[component]
pub fn SignInPage() -> impl IntoView {
    let action = FormAction::of::<SignIn>();
    let sending = use_sending();
    let viewer = use_viewer();
    let query = use_query();
    let next = move || query.with(|query| query.get("next").unwrap_or_default());
    view! {
        <div class="form-grid stack-lg">
            <PageHeader title="Sign in" lead="Sign in to your organisation’s account."/>
            {move || viewer.get().map(|viewer| {
                let (href, words) = start_of(&viewer);
                view! {
                    <Banner tone=Tone::Info title=format!("You are signed in as {}", viewer.name)>
                        <p><a href=href>{words}</a>", or sign in as someone else."</p>
                    </Banner>
                }
            })}
            {move || (viewer.with(Option::is_none) && !next().is_empty()).then(|| view! {
                <Banner tone=Tone::Info title="Sign in to continue">
                    <p>"You are not signed in, or your session has ended. After you sign in, you return to the page you came from."</p>
                </Banner>
            })}
            <Card>
                <FormScope errors=action.errors()>
                    <form method="post" action=SignIn::PATH novalidate=true on:submit=move |_| sending.set(true) class="stack">
                        <MadeForField/>
                        <ErrorSummary/>
                        <input type="hidden" name="next" value=next/>
                        <TextInput name="email" label="E-mail address" kind=InputKind::Email autocomplete="username" autofocus=true/>
                        <PasswordInput name="password" label="Password"/>
                        <div class="form-actions">
                            <Button look=ButtonLook::Primary pending=sending pending_text="Signing in…">"Sign in"</Button>
                        </div>
                    </form>
                </FormScope>
            </Card>
            <p>"New to HCTS? " <a href=paths::SIGN_UP>"Create an organisation account"</a></p>
            <p class="muted small">
                "After several failed attempts you'll need to wait before trying again."
            </p>
        </div>
    }
}
