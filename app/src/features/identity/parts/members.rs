//! The people of an organisation, with what may be done about each.

use contracts::{identity::MemberView, ids::UserId, permission::Level};
use leptos::prelude::*;

use super::{level_choices, level_label};
use crate::{
    features::identity::rpc::{MemberLevelChange, MemberRemove},
    ui::{
        Badge, Button, ButtonLook, ButtonSize, ColumnHeader, DateTimeText, Disclosure, Select, Table, Tone,
    },
};

/// The members of the active organisation.
#[component]
pub fn MembersTable(
    /// Who.
    members: Vec<MemberView>,
    /// The signed-in person.
    you: UserId,
    /// The signed-in person's own level, if it may handle members.
    may_handle: Option<Level>,
    /// Moves a member.
    change: ServerAction<MemberLevelChange>,
    /// Takes a member out.
    remove: ServerAction<MemberRemove>,
) -> impl IntoView {
    let owners = members.iter().filter(|member| member.level == Level::Owner).count();
    let rows: Vec<_> = members
        .into_iter()
        .map(|member| {
            let last_owner = member.level == Level::Owner && owners == 1;
            let handled = may_handle
                .is_some_and(|level| !last_owner && (level == Level::Owner || member.level != Level::Owner));
            let owners_too = may_handle == Some(Level::Owner);
            let act = if handled {
                view! { <MemberActs member=member.clone() owners_too change remove/> }.into_any()
            } else if last_owner && may_handle.is_some() {
                view! { <span class="muted small">"The last owner stays"</span> }.into_any()
            } else {
                ().into_any()
            };
            view! {
                <tr>
                    <th scope="row">
                        {member.name}
                        {(member.user_id == you).then(|| view! { " " <Badge tone=Tone::Info>"you"</Badge> })}
                        {member.disabled.then(|| view! { " " <Badge tone=Tone::Bad>"disabled"</Badge> })}
                        <div class="muted small">{member.email}</div>
                    </th>
                    <td>{level_label(member.level)}</td>
                    <td><DateTimeText instant=member.since/></td>
                    {may_handle.is_some().then(|| view! { <td>{act}</td> })}
                </tr>
            }
        })
        .collect();
    view! {
        <Table caption="Members">
            <thead>
                <tr>
                    <ColumnHeader label="Person"/>
                    <ColumnHeader label="Level"/>
                    <ColumnHeader label="Since"/>
                    {may_handle.is_some().then(|| view! { <ColumnHeader label="Change"/> })}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}

#[component]
fn MemberActs(
    member: MemberView,
    owners_too: bool,
    change: ServerAction<MemberLevelChange>,
    remove: ServerAction<MemberRemove>,
) -> impl IntoView {
    let id = member.membership_id.to_string();
    let (select_id, level_of) = (["level-", &id].concat(), id.clone());
    let summary = ["Change ", &member.name].concat();
    view! {
        <Disclosure summary=summary>
            <div class="stack-sm">
                <ActionForm action=change>
                    <input type="hidden" name="membership_id" value=level_of/>
                    <div class="stack-sm">
                        <Select name="level" id=select_id label="Level" choices=level_choices(owners_too)
                            value=member.level.as_str().to_owned()/>
                        <div><Button pending=change.pending() pending_text="Saving…">"Save level"</Button></div>
                    </div>
                </ActionForm>
                <ActionForm action=remove>
                    <input type="hidden" name="membership_id" value=id/>
                    <Button look=ButtonLook::Danger size=ButtonSize::Compact pending=remove.pending() pending_text="Removing…">
                        "Remove from the organisation"
                    </Button>
                </ActionForm>
            </div>
        </Disclosure>
    }
}
