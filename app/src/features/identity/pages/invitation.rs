//! The page that an invitation link opens.

use contracts::identity::InvitationOffer;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use server_fn::ServerFn;

use crate::{
    features::identity::{
        parts::level_text,
        rpc::{InvitationAccept, invitation_get},
    },
    form_action::FormAction,
    frame::{LegalNote, paths},
    loaded::Loaded,
    ui::{
        Banner, Button, ButtonLook, Card, DateTimeText, Description, DescriptionList, ErrorSummary,
        FormScope, PageHeader, PasswordInput, Skeleton, TextInput, Tone, use_sending,
    },
    viewer::{MadeForField, sign_in_from_here},
};

/// Page `/invitations/{token}`.
#[component]
pub fn InvitationPage() -> impl IntoView {
    let params = use_params_map();
    let token = Memo::new(move |_| params.with(|params| params.get("token").unwrap_or_default()));
    let offer = Resource::new_blocking(move || token.get(), invitation_get);
    view! {
        <div class="form-grid stack-lg">
            <Loaded
                data=offer
                fallback=|| view! { <Skeleton/> }
                show=move |offer| view! { <Offer offer token=token.get()/> }
            />
        </div>
    }
}

#[component]
fn Offer(offer: InvitationOffer, token: String) -> impl IntoView {
    let title = format!("Join {}", offer.organisation);
    let form = if offer.is_another {
        let email = offer.email.clone();
        view! {
            <Banner tone=Tone::Warn title="You are signed in as someone else">
                <p>"This invitation is for " <strong>{email}</strong> ". Sign out, then open the link again."</p>
                <form method="post" action=paths::SIGN_OUT><Button>"Sign out"</Button></form>
            </Banner>
        }
        .into_any()
    } else {
        view! { <AcceptForm offer=offer.clone() token/> }.into_any()
    };
    view! {
        <PageHeader title=title lead="You have been invited to join this organisation on HCTS."/>
        <Card>
            <DescriptionList>
                <Description term="Organisation">{offer.organisation.clone()}</Description>
                <Description term="Type">{offer.kind.label()}</Description>
                <Description term="Your role">
                    {offer.level.label()} ". " <span class="muted">{level_text(offer.level)}</span>
                </Description>
                <Description term="Your e-mail address">{offer.email.clone()}</Description>
                <Description term="Valid until"><DateTimeText instant=offer.expires_at/></Description>
            </DescriptionList>
        </Card>
        {form}
    }
}

#[component]
fn AcceptForm(offer: InvitationOffer, token: String) -> impl IntoView {
    let action = FormAction::of::<InvitationAccept>();
    let sending = use_sending();
    let fields = if offer.is_you {
        ().into_any()
    } else {
        let sign_in = sign_in_from_here();
        view! {
            <p>"Already have an account with this e-mail address? " <a href=sign_in>"Sign in"</a> " and come back here. Otherwise create one:"</p>
            <TextInput name="name" label="Your name" autocomplete="name" max_length=120/>
            <PasswordInput name="password" label="Password" new=true
                hint="At least 15 characters. Try three or four unrelated words."/>
        }
        .into_any()
    };
    view! {
        <Card>
            <FormScope errors=action.errors()>
                <form method="post" action=InvitationAccept::PATH novalidate=true on:submit=move |_| sending.set(true) class="stack">
                    <MadeForField/>
                    <ErrorSummary/>
                    <input type="hidden" name="token" value=token/>
                    // tells password managers the account
                    <input type="text" name="username" value=offer.email autocomplete="username" hidden=true readonly=true/>
                    {fields}
                    <LegalNote act="By accepting"/>
                    <div class="form-actions">
                        <Button look=ButtonLook::Primary pending=sending pending_text="Joining…">"Accept and continue"</Button>
                    </div>
                </form>
            </FormScope>
        </Card>
    }
}
