//! The form that invites people, and the pending invitations.

use contracts::identity::InvitationView;
use leptos::prelude::*;

use super::level_choices;
use crate::{
    answers::refetch_after,
    features::identity::rpc::{InvitationCreate, InvitationRevoke, invitation_made, invitations_list},
    form_action::{CommandForm, FormAction},
    loaded::Loaded,
    ui::{
        Badge, Banner, Button, ButtonLook, ButtonSize, Card, ColumnHeader, Confirm, CopyButton, DateTimeText,
        ErrorSummary, FormScope, InputKind, KeyedRow, Loading, RadioGroup, Skeleton, Table, TextInput, Tone,
        keyed_rows, toast_when_done,
    },
};

/// The form, the link of a new invitation, and the pending invitations.
#[component]
pub fn Invitations(
    /// True when the signed-in person is an owner, who may invite owners.
    owners_too: bool,
) -> impl IntoView {
    let create = FormAction::of::<InvitationCreate>();
    let revoke = FormAction::of::<InvitationRevoke>();
    toast_when_done(revoke, "Invitation withdrawn.");
    let (created, withdrawn) = (refetch_after(create), refetch_after(revoke));
    let waiting = Resource::new_blocking(move || (created.get(), withdrawn.get()), |_| invitations_list());
    let handed_over = Resource::new_blocking(|| (), |()| invitation_made());
    let fresh = move || create.answer_of::<InvitationCreate>().map(|link| link.url);
    let shown = move |invitations: Vec<InvitationView>| {
        (!invitations.is_empty()).then(|| view! { <Waiting invitations revoke/> })
    };
    view! {
        <Card title="Invite a person">
            {move || fresh().map(|url| view! { <InvitationReady url/> })}
            <Loading show=move || async move {
                let url = handed_over.await.ok().flatten();
                url.map(|url| view! { <InvitationReady url/> }).into_any()
            }/>
            <FormScope errors=create.errors()>
                <CommandForm action=create class="form-grid">
                    <ErrorSummary/>
                    <TextInput name="email" label="E-mail address" kind=InputKind::Email
                        hint="You will get a link to copy and send to this person."/>
                    <RadioGroup name="level" legend="Role" choices=level_choices(owners_too) value="staff"/>
                    <div class="form-actions">
                        <Button look=ButtonLook::Primary pending=create.pending() pending_text="Creating link…">
                            "Create invitation link"
                        </Button>
                    </div>
                </CommandForm>
            </FormScope>
        </Card>
        <FormScope errors=revoke.errors()><ErrorSummary/></FormScope>
        <Loaded data=waiting fallback=|| view! { <Skeleton/> } show=shown/>
    }
}

#[component]
fn InvitationReady(url: String) -> impl IntoView {
    view! {
        <Banner tone=Tone::Ok title="Invitation link created">
            <p>"Send this link to the person. It works once and won't be shown again."</p>
            <p class="code break-all">{url.clone()}</p>
            <CopyButton text=url label="Copy link"/>
        </Banner>
    }
}

#[component]
fn Waiting(invitations: Vec<InvitationView>, revoke: FormAction) -> impl IntoView {
    view! {
        <Card title="Pending invitations" flush=true>
            <Table caption="Pending invitations">
                <thead>
                    <tr>
                        <ColumnHeader label="E-mail address"/>
                        <ColumnHeader label="Role"/>
                        <ColumnHeader label="Invited by"/>
                        <ColumnHeader label="Expires"/>
                        <ColumnHeader label="Withdraw" hide_label=true/>
                    </tr>
                </thead>
                <tbody>
                    {keyed_rows(move || {
                        let row = |invitation: InvitationView| {
                            KeyedRow::new(invitation.id, move || view! { <WaitingRow invitation revoke/> })
                        };
                        invitations.iter().cloned().map(row).collect()
                    })}
                </tbody>
            </Table>
        </Card>
    }
}

#[component]
fn WaitingRow(invitation: InvitationView, revoke: FormAction) -> impl IntoView {
    let id = invitation.id;
    let title = format!("Withdraw the invitation for {}?", invitation.email);
    let about = format!("the invitation for {}", invitation.email);
    let pending = revoke.pending_with("id", id);
    view! {
        <tr>
            <th scope="row">{invitation.email}</th>
            <td data-label="Role">{invitation.level.label()}</td>
            <td data-label="Invited by">{invitation.invited_by}</td>
            <td data-label="Expires">
                <DateTimeText instant=invitation.expires_at/>
                {invitation.expired.then(|| view! { " " <Badge tone=Tone::Warn>"Expired"</Badge> })}
            </td>
            <td data-label="">
                <Confirm id=["withdraw-", &id.to_string()].concat() title opener="Withdraw" about size=ButtonSize::Compact>
                    <p>"The link will stop working immediately. You can invite the person again."</p>
                    <CommandForm action=revoke>
                        <input type="hidden" name="id" value=id.to_string()/>
                        <Button look=ButtonLook::Danger pending pending_text="Withdrawing…">"Withdraw invitation"</Button>
                    </CommandForm>
                </Confirm>
            </td>
        </tr>
    }
}
