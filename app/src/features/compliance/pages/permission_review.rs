//! The review of a change of permissions, to be confirmed with a reason.

use contracts::{
    compliance::{PermissionReview, ReviewedChange},
    error::ErrorCode,
};
use leptos::prelude::*;

use super::permissions::{REVIEW, sentences};
use crate::{
    answers::refetch_after,
    features::compliance::rpc::{PermissionChange, permission_review},
    form_action::{CommandForm, FormAction},
    frame::paths,
    list::count_text,
    loaded::Loaded,
    query::{Query, use_query_at},
    ui::{
        Banner, Breadcrumbs, Button, ButtonLook, Crumb, EmptyState, ErrorSummary, FormScope, Icon,
        LinkButton, PageHeader, Skeleton, TextArea, Tone,
    },
};

/// Page `/console/permissions/review`, with the ticked boxes or the change to undo in its query.
#[component]
pub fn PermissionReviewPage() -> impl IntoView {
    let query = use_query_at(REVIEW);
    let action = FormAction::of::<PermissionChange>();
    let version = refetch_after(action);
    let review = Resource::new_blocking(
        move || (query.read().text(), version.get()),
        async |(selection, _)| match permission_review(selection).await {
            // an invalid selection gets a page that explains it, not an error page
            Err(error) if error.code == ErrorCode::InvalidInput => Ok(None),
            review => review.map(Some),
        },
    );
    let show = move |review: Option<PermissionReview>| match review {
        Some(review) if !review.changes.is_empty() => view! { <Review review action/> }.into_any(),
        _ => view! { <NothingToChange/> }.into_any(),
    };
    view! {
        <PageHeader title="Review permission changes"
            above=|| view! { <Breadcrumbs crumbs=vec![Crumb::new("Permissions", paths::CONSOLE_PERMISSIONS)]/> }/>
        <Loaded data=review fallback=|| view! { <Skeleton/> } show/>
    }
}

#[component]
fn NothingToChange() -> impl IntoView {
    view! {
        <EmptyState icon=Icon::ShieldCheck title="Nothing to change" text="The permissions already match your choices.">
            <LinkButton href=paths::CONSOLE_PERMISSIONS>"Back to permissions"</LinkButton>
        </EmptyState>
    }
    .into_any()
}

#[component]
fn Review(review: PermissionReview, action: FormAction) -> impl IntoView {
    let PermissionReview { role, changes, digest, is_outdated, undoes } = review;
    let back = Query::default().with("role", role.as_str()).at(paths::CONSOLE_PERMISSIONS);
    let fields: Vec<_> = changes
        .iter()
        .map(|one| view! { <input type="hidden" name="changes[]" value=one.change.to_string()/> })
        .collect();
    let label = ["Apply ", &count_text(changes.len() as u64, ("change", "changes"))].concat();
    let rows: Vec<_> = changes.into_iter().map(row).collect();
    let reason = undoes.as_ref().map(|record| ["Undo: ", &record.reason].concat()).unwrap_or_default();
    view! {
        <div class="reading stack-lg">
            {is_outdated.then(|| view! {
                <Banner tone=Tone::Warn title="The permissions have changed since you opened the table">
                    <p>"Check all changes below before you apply them."</p>
                </Banner>
            })}
            {undoes.map(|record| view! { <p>"This undoes: "{sentences(&record)}</p> })}
            <section class="stack-sm">
                <h2>{["Every organisation with the role ", role.label()].concat()}</h2>
                <ul class="row-list">{rows}</ul>
            </section>
            <FormScope errors=action.errors()>
                <CommandForm action class="stack">
                    <ErrorSummary/>
                    <input type="hidden" name="role" value=role.as_str()/>
                    <input type="hidden" name="digest" value=digest/>
                    {fields}
                    <TextArea name="reason" label="Reason" rows=3 max_length=500 value=reason
                        hint="At least 10 characters. Recorded with the change."/>
                    <div class="form-actions">
                        <Button look=ButtonLook::Primary pending=action.pending() pending_text="Applying…">{label}</Button>
                        <LinkButton href=back>"Cancel"</LinkButton>
                    </div>
                </CommandForm>
            </FormScope>
        </div>
    }
    .into_any()
}

fn row(one: ReviewedChange) -> AnyView {
    let ReviewedChange { change, organisations, people } = one;
    let (before, after) = if change.granted { ("No", "Yes") } else { ("Yes", "No") };
    let reaches = [
        "Affects ",
        &count_text(people, ("person", "people")),
        " in ",
        &count_text(organisations, ("organisation", "organisations")),
        ".",
    ]
    .concat();
    view! {
        <li class="row-item">
            <div class="spread">
                <span>{change.permission.label()}": "{change.level.label()}</span>
                <strong>{before}" → "{after}</strong>
            </div>
            <span class="muted small">{reaches}</span>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use contracts::{compliance::PermissionChangeRecord, ids::PermissionChangeId, permission::Role};

    use super::*;

    #[test]
    fn a_change_is_told_in_words() {
        let record = PermissionChangeRecord {
            id: PermissionChangeId(uuid::Uuid::nil()),
            role: Role::Provider,
            changes: ["manager/services.write/false", "staff/members.manage/true"]
                .map(|change| change.parse().unwrap())
                .to_vec(),
            reason: String::new(),
            by: None,
            at: chrono::DateTime::UNIX_EPOCH,
        };
        assert_eq!(
            sentences(&record),
            "Create and change services withdrawn from Provider, Manager. Manage members granted to Provider, Staff."
        );
    }
}
