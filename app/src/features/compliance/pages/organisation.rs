//! The page of an organisation with the decisions about it.

use contracts::{
    compliance::{LookAlike, OrganisationDetail, StatusChange},
    identity::MemberView,
    ids::{OrgId, UserId},
    permission::Permission,
    states::OrganisationStatus,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    answers::{LatestError, refetch_after},
    error::UiError,
    features::{
        compliance::rpc::{
            OrganisationReject, OrganisationResume, OrganisationSuspend, OrganisationVerify, UserDisable,
            UserEnable, organisation_detail,
        },
        identity::parts::{OrganisationBadge, OrganisationFactsList},
    },
    form_action::{CommandForm, FormAction},
    frame::paths,
    loaded::Loaded,
    ui::{
        Badge, Banner, Breadcrumbs, Button, ButtonLook, ButtonSize, Card, ColumnHeader, Confirm, Crumb,
        DateTimeText, Description, DescriptionList, ErrorSummary, FormScope, Icon, PageHeader, Skeleton,
        Table, TableDensity, TextArea, Tone, money::group_digits, toast_when_done,
    },
    viewer::use_viewer,
};

/// Form actions of the page.
#[derive(Clone, Copy)]
struct OrganisationActions {
    verify: FormAction,
    reject: FormAction,
    suspend: FormAction,
    resume: FormAction,
    disable: FormAction,
    enable: FormAction,
    /// Latest error of the actions on accounts.
    refused: LatestError,
}

impl OrganisationActions {
    fn new() -> Self {
        let (verify, reject) =
            (FormAction::of::<OrganisationVerify>(), FormAction::of::<OrganisationReject>());
        let (suspend, resume) =
            (FormAction::of::<OrganisationSuspend>(), FormAction::of::<OrganisationResume>());
        let (disable, enable) = (FormAction::of::<UserDisable>(), FormAction::of::<UserEnable>());
        toast_when_done(disable, "Account disabled.");
        toast_when_done(enable, "Account enabled.");
        let refused = LatestError::new().following(disable).following(enable);
        Self { verify, reject, suspend, resume, disable, enable, refused }
    }

    /// Returns a value that changes whenever the organisation or its members may have changed.
    fn version(self) -> impl Fn() -> [usize; 6] {
        let actions = [self.verify, self.reject, self.suspend, self.resume, self.disable, self.enable]
            .map(refetch_after);
        move || actions.map(|action| action.get())
    }
}

/// Page `/console/organisations/{id}`.
#[component]
pub fn OrganisationDetailPage() -> impl IntoView {
    let params = use_params_map();
    let id =
        Memo::new(move |_| params.with(|params| params.get("id").and_then(|id| id.parse::<OrgId>().ok())));
    let actions = OrganisationActions::new();
    let version = actions.version();
    let detail = Resource::new_blocking(
        move || (id.get(), version()),
        async |(id, _)| match id {
            Some(id) => organisation_detail(id).await,
            None => Err(UiError::new(contracts::error::ErrorCode::NotFound)),
        },
    );
    let may = |right| use_viewer().with(|viewer| viewer.as_ref().is_some_and(|one| one.may(right)));
    let (decides, disables) = (may(Permission::UserDataWrite), may(Permission::UserDataDelete));
    view! {
        <div class="stack-lg">
            <Loaded
                data=detail
                fallback=|| view! { <Skeleton/> }
                show=move |detail| view! { <Detail detail actions decides disables/> }
            />
        </div>
    }
}

#[component]
fn Detail(
    detail: OrganisationDetail,
    actions: OrganisationActions,
    decides: bool,
    disables: bool,
) -> impl IntoView {
    let organisation = detail.organisation;
    let (id, status, facts) = (organisation.id, organisation.status, detail.facts_digest);
    let crumbs = vec![Crumb::new("Organisations", paths::CONSOLE_ORGANISATIONS)];
    let audit = [paths::CONSOLE_AUDIT, "?organisation=", &id.to_string()].concat();
    let number = |count: i64| group_digits(count.unsigned_abs());
    view! {
        <PageHeader title=organisation.name.clone() badges=move || view! { <OrganisationBadge status/> }
            above=move || view! { <Breadcrumbs crumbs/> }/>
        {organisation.status_reason.clone().map(|reason| view! {
            <Banner tone=Tone::Bad title=status.label()><p>{reason}</p></Banner>
        })}
        {(!detail.look_alikes.is_empty()).then(|| look_alikes(detail.look_alikes))}
        <div class="with-side">
            <div class="stack-lg">
                <Card title="Details"><OrganisationFactsList organisation/></Card>
                <Card title="Members" flush=true><Members members=detail.members actions decides disables/></Card>
                <Card title="History" flush=true><History changes=detail.history/></Card>
            </div>
            <div class="stack-lg">
                {decides.then(|| view! { <Decision id status facts actions/> })}
                <Card title="Activity">
                    <DescriptionList>
                        <Description term="Services">{number(detail.services)}</Description>
                        <Description term="Purchases">{number(detail.purchases)}</Description>
                    </DescriptionList>
                    <p><a href=audit>"View audit trail"</a></p>
                </Card>
            </div>
        </div>
    }
}

/// Returns a banner that names the verified organisations that this one resembles.
fn look_alikes(found: Vec<LookAlike>) -> impl IntoView {
    let links: Vec<_> = found
        .into_iter()
        .map(|one| {
            let href = [paths::CONSOLE_ORGANISATIONS, "/", &one.id.to_string()].concat();
            let why = if one.same_number { ": same registration number" } else { ": similar name" };
            view! { <li><a href=href>{one.name}</a>{why}</li> }
        })
        .collect();
    view! {
        <Banner tone=Tone::Warn title="Could be mistaken for a verified organisation"><ul>{links}</ul></Banner>
    }
}

#[component]
fn Decision(
    id: OrgId,
    status: OrganisationStatus,
    facts: String,
    actions: OrganisationActions,
) -> impl IntoView {
    let (id, verified) = (id.to_string(), id.to_string());
    let content = match status {
        OrganisationStatus::Unverified => view! {
            <p>"Check these details against the public register before you decide."</p>
            <FormScope errors=actions.verify.errors()>
                <CommandForm action=actions.verify>
                    <ErrorSummary/>
                    <input type="hidden" name="id" value=verified/>
                    <input type="hidden" name="facts_digest" value=facts/>
                    <Button look=ButtonLook::Primary icon=Icon::ShieldCheck pending=actions.verify.pending() pending_text="Verifying…">
                        "Verify"
                    </Button>
                </CommandForm>
            </FormScope>
            <hr/>
            <FormScope errors=actions.reject.errors()>
                <CommandForm action=actions.reject class="stack-sm">
                    <ErrorSummary/>
                    <input type="hidden" name="id" value=id/>
                    <TextArea name="reason" label="Reason for rejection" rows=3 max_length=500
                        hint="Shown to the organisation, which can correct its details and reapply."/>
                    <div><Button look=ButtonLook::Danger pending=actions.reject.pending() pending_text="Rejecting…">"Reject"</Button></div>
                </CommandForm>
            </FormScope>
        }
        .into_any(),
        OrganisationStatus::Verified => view! {
            <FormScope errors=actions.suspend.errors()>
                <CommandForm action=actions.suspend class="stack-sm">
                    <ErrorSummary/>
                    <input type="hidden" name="id" value=id/>
                    <TextArea name="reason" label="Reason for suspension" rows=3 max_length=500
                        hint="Takes effect immediately. The reason is shown to the organisation."/>
                    <div><Button look=ButtonLook::Danger pending=actions.suspend.pending() pending_text="Suspending…">"Suspend"</Button></div>
                </CommandForm>
            </FormScope>
        }
        .into_any(),
        OrganisationStatus::Suspended => view! {
            <FormScope errors=actions.resume.errors()>
                <CommandForm action=actions.resume>
                    <ErrorSummary/>
                    <input type="hidden" name="id" value=id/>
                    <Button look=ButtonLook::Primary icon=Icon::Play pending=actions.resume.pending() pending_text="Lifting…">
                        "Lift suspension"
                    </Button>
                </CommandForm>
            </FormScope>
        }
        .into_any(),
        OrganisationStatus::Rejected => {
            view! { <p class="muted">"No decision is needed until the organisation corrects its details and reapplies."</p> }.into_any()
        }
    };
    view! { <Card title="Decision"><div class="stack">{content}</div></Card> }
}

#[component]
fn Members(
    members: Vec<MemberView>,
    actions: OrganisationActions,
    decides: bool,
    disables: bool,
) -> impl IntoView {
    let rows: Vec<_> = members
        .into_iter()
        .map(|member| {
            let id = member.user_id;
            let may = if member.disabled { decides } else { disables };
            let action = may.then(|| {
                let name = member.name.clone();
                if member.disabled {
                    enable(id, &name, actions.enable)
                } else {
                    disable(id, name, actions.disable)
                }
            });
            view! {
                <tr>
                    <th scope="row">
                        {member.name}
                        {member.disabled.then(|| view! { " " <Badge tone=Tone::Bad>"Disabled"</Badge> })}
                        <div class="muted small">{member.email}</div>
                    </th>
                    <td data-label="Role">{member.level.label()}</td>
                    <td data-label="Member since"><DateTimeText instant=member.since/></td>
                    {(decides || disables).then(|| view! { <td data-label="">{action}</td> })}
                </tr>
            }
        })
        .collect();
    view! {
        <FormScope errors=actions.refused.errors()><ErrorSummary/></FormScope>
        <Table caption="Members" density=TableDensity::Dense>
            <thead>
                <tr>
                    <ColumnHeader label="Person"/>
                    <ColumnHeader label="Role"/>
                    <ColumnHeader label="Member since"/>
                    {(decides || disables).then(|| view! { <ColumnHeader label="Account"/> })}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}

fn enable(id: UserId, name: &str, action: FormAction) -> AnyView {
    let label = format!("Enable the account of {name}");
    let pending = action.pending_with("id", id);
    view! {
        <CommandForm action>
            <input type="hidden" name="id" value=id.to_string()/>
            <Button size=ButtonSize::Compact pending pending_text="Enabling…" attr:aria-label=label>"Enable"</Button>
        </CommandForm>
    }
    .into_any()
}

fn disable(id: UserId, name: String, action: FormAction) -> AnyView {
    let (dialog, title) = (["disable-", &id.to_string()].concat(), format!("Disable the account of {name}?"));
    let pending = action.pending_with("id", id);
    view! {
        <Confirm id=dialog title opener="Disable" about=format!("the account of {name}") size=ButtonSize::Compact>
            <p>"This person will be signed out everywhere immediately and can't sign in again. Their past activity stays on record."</p>
            <CommandForm action>
                <input type="hidden" name="id" value=id.to_string()/>
                <Button look=ButtonLook::Danger pending pending_text="Disabling…">"Disable account"</Button>
            </CommandForm>
        </Confirm>
    }
    .into_any()
}

#[component]
fn History(changes: Vec<StatusChange>) -> impl IntoView {
    let rows: Vec<_> = changes
        .into_iter()
        .map(|change| {
            view! {
                <tr>
                    <th scope="row"><DateTimeText instant=change.at/></th>
                    <td data-label="From">{change.from.map_or("Signed up", OrganisationStatus::label)}</td>
                    <td data-label="To"><OrganisationBadge status=change.to/></td>
                    <td data-label="Changed by">{change.by}</td>
                    <td data-label="Reason">{change.reason}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <Table caption="History" density=TableDensity::Dense>
            <thead>
                <tr>
                    <ColumnHeader label="Date and time"/>
                    <ColumnHeader label="From"/>
                    <ColumnHeader label="To"/>
                    <ColumnHeader label="Changed by"/>
                    <ColumnHeader label="Reason"/>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}
