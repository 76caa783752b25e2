//! Bulk actions on services: the preview to be confirmed, and the result of the run.

use contracts::{
    catalog::{BulkItem, BulkItems, BulkPreview, BulkRun, ServiceAction, ServiceHurdle},
    error::ErrorCode,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::list::WORDS;
use crate::{
    answers::refetch_after,
    error::UiError,
    features::catalog::{
        parts::ServiceStatusBadge,
        rpc::{ServiceBulkApply, service_bulk_get, service_bulk_preview},
    },
    form_action::{CommandForm, FormAction, request_key},
    list::count_text,
    loaded::Loaded,
    query::use_query_at,
    ui::{
        Banner, Breadcrumbs, Button, ButtonLook, Crumb, EmptyState, ErrorSummary, FieldWidth, FormScope,
        Icon, LinkButton, PageHeader, Skeleton, SkeletonShape, TextInput, Tone, group_digits,
    },
};

/// Page `/services/bulk`, with the action and the selection in its query.
#[component]
pub fn BulkPage() -> impl IntoView {
    let query = use_query_at("/services/bulk");
    let key = request_key();
    let apply = FormAction::of::<ServiceBulkApply>();
    let version = refetch_after(apply);
    let preview = Resource::new_blocking(
        move || (query.read().text(), version.get()),
        async |(selection, _)| match service_bulk_preview(selection).await {
            // an invalid selection gets a page that explains it, not an error page
            Err(error) if error.code == ErrorCode::InvalidInput => Ok(Err(error)),
            preview => preview.map(Ok),
        },
    );
    let show = move |preview: Result<BulkPreview, UiError>| match preview {
        Ok(preview) => view! { <Preview preview key apply/> }.into_any(),
        Err(error) => view! { <NoSelection error/> }.into_any(),
    };
    view! { <Loaded data=preview fallback=|| view! { <Skeleton shape=SkeletonShape::Rows count=8/> } show/> }
}

fn crumbs(back: &str) -> impl IntoView {
    view! { <Breadcrumbs crumbs=vec![Crumb::new("Services", back)]/> }
}

#[component]
fn NoSelection(error: UiError) -> impl IntoView {
    let text = error.fields.0.into_values().next().unwrap_or_default();
    view! {
        <PageHeader title="Bulk edit services" above=|| crumbs("/services")/>
        <EmptyState icon=Icon::Services title="Nothing was changed" text>
            <LinkButton href="/services">"Back to services"</LinkButton>
        </EmptyState>
    }
    .into_any()
}

#[component]
fn Preview(preview: BulkPreview, key: RwSignal<String>, apply: FormAction) -> impl IntoView {
    let BulkPreview { act, selection, back, ready, refused, digest } = preview;
    let is_some = ready.total > 0;
    let what = count_text(ready.total, WORDS);
    let title =
        if is_some { format!("{} {what}?", act.label()) } else { format!("No services to {}", act.as_str()) };
    let above = crumbs(&back).into_any();
    let form = is_some.then(
        || view! { <Confirmation act count=what.clone() selection digest back=back.clone() key apply/> },
    );
    view! {
        <PageHeader title above=move || above/>
        <FormScope errors=apply.errors()>
            <div class="reading stack-lg">
                <ErrorSummary/>
                {list(format!("{what} will be {}", act.done()), ready)}
                {list(format!("{} can't be {}", count_text(refused.total, WORDS), act.done()), refused)}
                {form}
                {(!is_some).then(|| view! { <div><LinkButton href=back>"Back to services"</LinkButton></div> })}
            </div>
        </FormScope>
    }
    .into_any()
}

#[component]
fn Confirmation(
    act: ServiceAction,
    count: String,
    selection: String,
    digest: String,
    back: String,
    key: RwSignal<String>,
    apply: FormAction,
) -> impl IntoView {
    let is_final = act == ServiceAction::Retire;
    let look = if is_final { ButtonLook::Danger } else { ButtonLook::Primary };
    let meaning = if is_final {
        view! {
            <Banner tone=Tone::Warn title="This cannot be undone"><p>{act.meaning()}</p></Banner>
            <TextInput name="confirmation" label="Type retire to confirm" autocomplete="off" max_length=20 width=FieldWidth::Medium/>
        }
        .into_any()
    } else {
        view! { <p>{act.meaning()}</p> }.into_any()
    };
    view! {
        <CommandForm action=apply class="stack">
            <input type="hidden" name="selection" value=selection/>
            <input type="hidden" name="digest" value=digest/>
            <input type="hidden" name="idempotency_key" value=move || key.get()/>
            {meaning}
            <div class="form-actions">
                <Button look pending=apply.pending()>{format!("{} {count}", act.label())}</Button>
                <LinkButton href=back>"Cancel"</LinkButton>
            </div>
        </CommandForm>
    }
    .into_any()
}

/// Returns a list of services under a heading; nothing for an empty list.
fn list(heading: String, items: BulkItems) -> AnyView {
    if items.total == 0 {
        return ().into_any();
    }
    let more = items.total.saturating_sub(items.first.len() as u64);
    let rows: Vec<_> = items.first.into_iter().map(row).collect();
    view! {
        <section class="stack-sm">
            <h2>{heading}</h2>
            <ul class="row-list">{rows}</ul>
            {(more > 0).then(|| format!("and {} more", group_digits(more)))}
        </section>
    }
    .into_any()
}

fn row(item: BulkItem) -> AnyView {
    let is_known = item.hurdle != Some(ServiceHurdle::NotFound);
    let href = is_known.then(|| ["/services/", &item.id.to_string()].concat());
    view! {
        <li class="row-item">
            <div class="spread">
                <span><a href=href>{item.title}</a>" "<span class="muted">{item.provider_name}</span></span>
                {item.status.map(|status| view! { <ServiceStatusBadge status/> })}
            </div>
            {item.hurdle.map(|hurdle| view! { <span class="muted small">{hurdle.message()}</span> })}
        </li>
    }
    .into_any()
}

/// Page `/services/bulk/:id`.
#[component]
pub fn BulkRunPage() -> impl IntoView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").and_then(|id| id.parse().ok()));
    let run = Resource::new_blocking(id, async |id| {
        service_bulk_get(id.ok_or_else(|| UiError::new(ErrorCode::NotFound))?).await
    });
    view! {
        <Loaded
            data=run
            fallback=|| view! { <Skeleton shape=SkeletonShape::Rows count=8/> }
            show=|run| view! { <Run run/> }
        />
    }
}

#[component]
fn Run(run: BulkRun) -> impl IntoView {
    let BulkRun { act, is_running, done, done_items, refused, waiting } = run;
    // undo is offered only if the page shows every service it would change
    let is_whole = done > 0 && done == done_items.first.len() as u64 && !is_running;
    let undo = act.undo().filter(|_| is_whole).map(|undo| {
        let mut href = ["/services/bulk?act=", undo.as_str()].concat();
        for item in &done_items.first {
            href.extend(["&id=", &item.id.to_string()]);
        }
        let label = ["Undo: ", &undo.label().to_lowercase(), " ", &count_text(done, WORDS)].concat();
        view! { <LinkButton href>{label}</LinkButton> }
    });
    let heading = [&group_digits(done), " ", act.done(), ":"].concat();
    let mut counts = vec![format!("{} {}", group_digits(done), act.done())];
    if refused.total > 0 {
        counts.push(format!("{} not changed", group_digits(refused.total)));
    }
    if waiting.total > 0 {
        let waiting = group_digits(waiting.total);
        counts.push(if is_running {
            format!("{waiting} remaining")
        } else {
            format!("{waiting} not processed")
        });
    }
    let title = counts.join(", ");
    let is_cut_off = waiting.total > 0 && !is_running;
    view! {
        <PageHeader title above=|| crumbs("/services")/>
        <div class="reading stack-lg">
            {is_running.then(|| view! {
                <Banner tone=Tone::Info title="Still in progress">
                    <p>"You can leave this page. The changes will continue. "<a href="" rel="external">"Refresh progress"</a></p>
                </Banner>
            })}
            {is_cut_off.then(|| view! {
                <Banner tone=Tone::Warn title="Stopped before completion">
                    <p>"To finish, select the remaining services again."</p>
                </Banner>
            })}
            {list("Not changed".to_owned(), refused)}
            {is_cut_off.then(|| list("Not processed".to_owned(), waiting))}
            {list(heading, done_items)}
            <div class="form-actions"><LinkButton href="/services">"Back to services"</LinkButton>{undo}</div>
        </div>
    }
    .into_any()
}
