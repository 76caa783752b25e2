//! The page of one of the provider's services: preview, actions and history.

use contracts::{
    catalog::{ServiceEditView, VersionPart, VersionRow, has_extension_codes_alone},
    ids::ServiceId,
    states::ServiceStatus,
};
use leptos::prelude::*;

use super::{service::ServiceBody, service_in_path};
use crate::{
    answers::{LatestError, refetch_after},
    features::catalog::{
        parts::{PriceTable, ServiceStatusBadge},
        rpc::{ServicePause, ServicePublish, ServiceResume, service_get},
    },
    form_action::{CommandForm, FormAction},
    loaded::Loaded,
    ui::{
        Badge, Banner, Breadcrumbs, Button, ButtonLook, Card, ColumnHeader, Crumb, DateTimeText, Icon,
        LinkButton, MoneyText, PageHeader, Skeleton, Table, Tone, toast_when_done,
    },
};

/// Form actions of the page; after each, the page reads the service again.
#[derive(Clone, Copy)]
struct ServiceActions {
    publish: FormAction,
    pause: FormAction,
    resume: FormAction,
    refused: LatestError,
}

impl ServiceActions {
    fn new() -> Self {
        let (publish, pause) = (FormAction::of::<ServicePublish>(), FormAction::of::<ServicePause>());
        let resume = FormAction::of::<ServiceResume>();
        toast_when_done(publish, "Service published.");
        toast_when_done(pause, "Sales paused.");
        toast_when_done(resume, "Sales resumed.");
        let refused = LatestError::new().following(publish).following(pause).following(resume);
        Self { publish, pause, resume, refused }
    }

    /// Returns a value that changes whenever the service may have changed.
    fn version(self) -> impl Fn() -> [usize; 3] {
        let actions = [self.publish, self.pause, self.resume].map(refetch_after);
        move || actions.map(|action| action.get())
    }
}

/// Page `/services/:id`.
#[component]
pub fn ProviderServicePage() -> impl IntoView {
    let id = service_in_path();
    let actions = ServiceActions::new();
    let version = actions.version();
    let service =
        Resource::new_blocking(move || (id.get(), version()), async |(id, _)| service_get(id?).await);
    view! {
        <Loaded
            data=service
            fallback=|| view! { <Skeleton count=6/> }
            show=move |service| view! { <Owned service actions/> }
        />
    }
}

#[component]
fn Owned(service: ServiceEditView, actions: ServiceActions) -> impl IntoView {
    let ServiceEditView {
        preview,
        status,
        has_unpublished_changes,
        committed,
        versions,
        may_change,
        may_edit,
        may_publish,
        ..
    } = service;
    let id = preview.service_id;
    let edit = format!("/services/{id}/edit");
    let edits_now = may_edit && status != ServiceStatus::Retired;
    let is_ahead = has_unpublished_changes && status != ServiceStatus::Draft;
    let lacks_stem = status != ServiceStatus::Retired
        && has_extension_codes_alone(preview.codes.iter().map(|code| code.code.as_str()));
    let pricing = preview.pricing.clone();
    let seen = versions
        .iter()
        .find(|version| version.is_on_sale)
        .map(|version| version.base_price)
        .filter(|seen| *seen != pricing.base);
    view! {
        <PageHeader
            title=preview.title.clone()
            above=|| view! { <Breadcrumbs crumbs=vec![Crumb::new("Services", "/services")]/> }
            badges=move || view! { <ServiceStatusBadge status/> }
            actions=move || edits_now.then(|| view! { <LinkButton href=edit icon=Icon::Edit>"Edit"</LinkButton> })
        />
        {move || actions.refused.get().map(|error| view! { <Banner tone=Tone::Bad title="Nothing was changed"><p>{error.to_string()}</p></Banner> })}
        {(may_edit && !may_publish && status == ServiceStatus::Draft).then(|| view! {
            <Banner tone=Tone::Info title="Your organisation is not verified yet">
                <p>"You can prepare drafts now. You can publish once an administrator has verified your organisation."</p>
            </Banner>
        })}
        {lacks_stem.then(|| view! {
            <Banner tone=Tone::Warn title="A stem code is missing">
                <p>"All codes of this service are ICD-11 extension codes (X…), which only add detail. Edit the service and add a stem code; until then it cannot be published or resumed."</p>
            </Banner>
        })}
        {is_ahead.then(|| view! {
            <Banner tone=Tone::Info title="Your latest changes are not published">
                <p>"Publish to put this version on sale. Existing purchases are not affected."</p>
            </Banner>
        })}
        <div class="with-side">
            <div class="stack-lg">
                <ServiceBody service=preview/>
            </div>
            <aside class="sticky-side stack" aria-label="Status">
                <Card title="On the market">
                    <div class="stack">
                        <p class="small">{format!("{committed} units sold.")}</p>
                        {may_change.then(|| view! { <Buttons id status has_unpublished_changes actions/> })}
                        {(status != ServiceStatus::Draft).then(|| view! { <a href=format!("/market/{id}")>"View on the market"</a> })}
                    </div>
                </Card>
                <Card title=if has_unpublished_changes { "Price in this draft" } else { "Price" }>
                    <div class="stack-sm">
                        {seen.map(|money| view! { <p class="small">"Buyers see "<MoneyText money/>" per unit."</p> })}
                        <PriceTable pricing/>
                    </div>
                </Card>
            </aside>
        </div>
        // below what can be done, also where all stands in one column
        <History versions id/>
    }
}

#[component]
fn Buttons(
    id: ServiceId,
    status: ServiceStatus,
    has_unpublished_changes: bool,
    actions: ServiceActions,
) -> impl IntoView {
    let hidden = move || view! { <input type="hidden" name="id" value=id.to_string()/> };
    let may_publish = has_unpublished_changes && status != ServiceStatus::Retired;
    view! {
        {may_publish.then(|| view! {
            <CommandForm action=actions.publish>
                {hidden()}
                <Button look=ButtonLook::Primary pending=actions.publish.pending() pending_text="Publishing…">
                    {if status == ServiceStatus::Draft { "Publish service" } else { "Publish changes" }}
                </Button>
            </CommandForm>
        })}
        {(status == ServiceStatus::Published).then(|| view! {
            <CommandForm action=actions.pause>
                {hidden()}
                <Button icon=Icon::Pause pending=actions.pause.pending() pending_text="Pausing…">"Pause sales"</Button>
            </CommandForm>
        })}
        {(status == ServiceStatus::Paused).then(|| view! {
            <CommandForm action=actions.resume>
                {hidden()}
                <Button icon=Icon::Play pending=actions.resume.pending() pending_text="Resuming…">"Resume sales"</Button>
            </CommandForm>
        })}
        {(status != ServiceStatus::Retired).then(|| view! {
            // permanent, so it uses the bulk page, which asks for a typed confirmation
            <LinkButton href=format!("/services/bulk?act=retire&id={id}")>"Retire service"</LinkButton>
        })}
    }
}

/// Returns what a version changed, in words.
fn changes_text(changes: Option<&[VersionPart]>) -> String {
    match changes {
        None => "First version".to_owned(),
        Some([]) => "Nothing".to_owned(),
        Some(parts) => parts.iter().map(|part| part.label()).collect::<Vec<_>>().join(", "),
    }
}

#[component]
fn History(versions: Vec<VersionRow>, id: ServiceId) -> impl IntoView {
    let rows: Vec<_> = versions
        .into_iter()
        .map(|version| {
            let name = format!("Version {}", version.version_no);
            let name = if version.published_at.is_some() {
                view! { <a href=format!("/market/{id}?version={}", version.id)>{name}</a> }.into_any()
            } else {
                name.into_any()
            };
            view! {
                <tr>
                    <th scope="row">{name}{version.is_on_sale.then(|| view! { " "<Badge tone=Tone::Ok>"On sale"</Badge> })}<br/><span class="muted small">{version.title}</span></th>
                    <td data-label="Changes">{changes_text(version.changes.as_deref())}</td>
                    <td data-label="Per unit" class="num"><MoneyText money=version.base_price/></td>
                    <td data-label="Author">{version.author.unwrap_or_else(|| "–".to_owned())}</td>
                    <td data-label="Created"><DateTimeText instant=version.created_at/></td>
                    <td data-label="Published">{version.published_at.map(|at| view! { <DateTimeText instant=at/> })}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <section class="stack-sm history">
            <h2>"History"</h2>
            <Table caption="Versions, newest first">
                <thead>
                    <tr>
                        <ColumnHeader label="Version"/>
                        <ColumnHeader label="Changes"/>
                        <ColumnHeader label="Per unit" numeric=true/>
                        <ColumnHeader label="Author"/>
                        <ColumnHeader label="Created"/>
                        <ColumnHeader label="Published"/>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        </section>
    }
}
