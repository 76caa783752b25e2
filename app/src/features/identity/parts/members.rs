//! The members of an organisation with the actions on each.

use contracts::{identity::MemberView, ids::UserId, permission::Level};
use leptos::prelude::*;

use super::level_choices;
use crate::{
    form_action::{CommandForm, FormAction},
    ui::{
        Badge, Button, ButtonLook, ButtonSize, ColumnHeader, Confirm, DateTimeText, Disclosure, KeyedRow,
        Select, Table, Tone, keyed_rows,
    },
};

/// Table of the active organisation's members.
#[component]
pub fn MembersTable(
    /// The members.
    members: Vec<MemberView>,
    /// The signed-in person.
    you: UserId,
    /// Level of the signed-in person, if it may manage members.
    may_handle: Option<Level>,
    /// Action that changes a member's level.
    change: FormAction,
    /// Action that removes a member.
    remove: FormAction,
) -> impl IntoView {
    let owners = members.iter().filter(|member| member.level == Level::Owner).count();
    let row = move |member: MemberView| {
        let last_owner = member.level == Level::Owner && owners == 1;
        let handled = may_handle
            .is_some_and(|level| !last_owner && (level == Level::Owner || member.level != Level::Owner));
        let owners_too = may_handle == Some(Level::Owner);
        let act = if handled {
            view! { <MemberActions member=member.clone() owners_too change remove/> }.into_any()
        } else if last_owner && may_handle.is_some() {
            view! { <span class="muted small">"You can't remove the last owner"</span> }.into_any()
        } else {
            ().into_any()
        };
        view! {
            <tr>
                <th scope="row">
                    {member.name}
                    {(member.user_id == you).then(|| view! { " " <Badge tone=Tone::Info>"You"</Badge> })}
                    {member.disabled.then(|| view! { " " <Badge tone=Tone::Bad>"Disabled"</Badge> })}
                    <div class="muted small">{member.email}</div>
                </th>
                <td data-label="Role">{member.level.label()}</td>
                <td data-label="Member since"><DateTimeText instant=member.since/></td>
                {may_handle.is_some().then(|| view! { <td data-label="">{act}</td> })}
            </tr>
        }
    };
    view! {
        <Table caption="Members">
            <thead>
                <tr>
                    <ColumnHeader label="Person"/>
                    <ColumnHeader label="Role"/>
                    <ColumnHeader label="Member since"/>
                    {may_handle.is_some().then(|| view! { <ColumnHeader label="Actions"/> })}
                </tr>
            </thead>
            <tbody>
                // keyed by membership: otherwise the level chosen for a removed member would move to the next one
                {keyed_rows(move || {
                    members.iter().cloned().map(|member| KeyedRow::new(member.membership_id, move || row(member))).collect()
                })}
            </tbody>
        </Table>
    }
}

#[component]
fn MemberActions(
    member: MemberView,
    owners_too: bool,
    change: FormAction,
    remove: FormAction,
) -> impl IntoView {
    let membership = member.membership_id;
    let id = membership.to_string();
    let (select_id, dialog_id) = (["level-", &id].concat(), ["remove-", &id].concat());
    let about = member.name.clone();
    let title = format!("Remove {}?", member.name);
    let changing = change.pending_with("membership_id", membership);
    let removing = remove.pending_with("membership_id", membership);
    view! {
        <Disclosure summary="Edit" about>
            <div class="stack-sm">
                <CommandForm action=change>
                    <input type="hidden" name="membership_id" value=id/>
                    <div class="stack-sm">
                        <Select name="level" id=select_id label="Role" choices=level_choices(owners_too)
                            value=member.level.as_str().to_owned()/>
                        <div><Button pending=changing pending_text="Saving…">"Save role"</Button></div>
                    </div>
                </CommandForm>
                <Confirm id=dialog_id title opener="Remove from organisation" size=ButtonSize::Compact>
                    <p>"This person will lose access to the organisation immediately. Their past activity stays on record."</p>
                    <CommandForm action=remove>
                        <input type="hidden" name="membership_id" value=membership.to_string()/>
                        <Button look=ButtonLook::Danger pending=removing pending_text="Removing…">"Remove member"</Button>
                    </CommandForm>
                </Confirm>
            </div>
        </Disclosure>
    }
}
