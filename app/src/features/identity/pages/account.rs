//! The person's own account.

use contracts::identity::{AccountView, SessionView};
use leptos::prelude::*;

use crate::{
    answers::refetch_after,
    features::identity::rpc::{AccountUpdate, PasswordChange, SessionEnd, SessionsEndOthers, account_get},
    form_action::{CommandForm, FormAction},
    loaded::Loaded,
    ui::{
        Badge, Banner, Button, ButtonLook, ButtonSize, Card, ColumnHeader, DateTimeText, Description,
        DescriptionList, ErrorSummary, FormScope, Icon, LinkButton, PageHeader, PasswordInput, Skeleton,
        Table, TextInput, Tone, toast_when_done,
    },
    viewer::download_address,
};

/// Page `/account`.
#[component]
pub fn AccountPage() -> impl IntoView {
    let rename = FormAction::of::<AccountUpdate>();
    let password = FormAction::of::<PasswordChange>();
    let end = FormAction::of::<SessionsEndOthers>();
    let end_one = FormAction::of::<SessionEnd>();
    toast_when_done(rename, "Name saved.");
    toast_when_done(password, "Password changed.");
    toast_when_done(end, "You are signed out everywhere else.");
    toast_when_done(end_one, "That browser is signed out.");
    let (renamed, changed) = (refetch_after(rename), refetch_after(password));
    let (ended, ended_one) = (refetch_after(end), refetch_after(end_one));
    let account = Resource::new_blocking(
        move || (renamed.get(), changed.get(), ended.get(), ended_one.get()),
        |_| account_get(),
    );
    view! {
        <div class="reading stack-lg">
            <Loaded
                data=account
                fallback=|| view! { <Skeleton/> }
                show=move |account| view! { <Account account rename end end_one/> <PasswordCard password/> }
            />
        </div>
    }
}

#[component]
fn Account(account: AccountView, rename: FormAction, end: FormAction, end_one: FormAction) -> impl IntoView {
    let others = account.sessions.iter().any(|session| !session.current);
    view! {
        <PageHeader title="Your account" lead="Your sign-in details and active sessions"/>
        <Card title="You">
            <div class="stack">
                <DescriptionList>
                    <Description term="E-mail address">{account.email}</Description>
                    <Description term="Password">
                        {account.password_changed_at.map(|at| view! { "Last changed " <DateTimeText instant=at/> })}
                    </Description>
                </DescriptionList>
                <FormScope errors=rename.errors()>
                    <CommandForm action=rename class="form-grid">
                        <ErrorSummary/>
                        <TextInput name="name" label="Name" autocomplete="name" max_length=120 value=account.name/>
                        <div class="form-actions">
                            <Button pending=rename.pending() pending_text="Saving…">"Save name"</Button>
                        </div>
                    </CommandForm>
                </FormScope>
            </div>
        </Card>
        <p class="cluster">
            <LinkButton href=download_address("/api/account/records/export") icon=Icon::Download external=true>"Download my activity (CSV)"</LinkButton>
            <LinkButton href=download_address("/api/account/records/export?format=xlsx") icon=Icon::Download external=true>"Download my activity (Excel)"</LinkButton>
        </p>
        <Card title="Where you are signed in" flush=true>
            <FormScope errors=end_one.errors()>
                <ErrorSummary/>
                <Sessions sessions=account.sessions end=end_one/>
            </FormScope>
            {others.then(|| view! {
                <FormScope errors=end.errors()>
                    <CommandForm action=end class="p-4 stack">
                        <ErrorSummary/>
                        <div><Button pending=end.pending() pending_text="Signing out…">"Sign out everywhere else"</Button></div>
                    </CommandForm>
                </FormScope>
            })}
        </Card>
    }
}

#[component]
fn Sessions(sessions: Vec<SessionView>, end: FormAction) -> impl IntoView {
    let rows: Vec<_> = sessions
        .into_iter()
        .map(|session| {
            let SessionView { browser, current, .. } = session;
            let ends = (!current).then(|| {
                let id = session.id.to_string();
                let label = ["Sign out ", &browser].concat();
                let pending = end.pending_with("id", &id);
                view! {
                    <CommandForm action=end>
                        <input type="hidden" name="id" value=id/>
                        <Button size=ButtonSize::Compact pending attr:aria-label=label>"Sign out"</Button>
                    </CommandForm>
                }
            });
            view! {
                <tr>
                    <th scope="row">
                        {browser}
                        {current.then(|| view! { " " <Badge tone=Tone::Info>"Current session"</Badge> })}
                    </th>
                    <td data-label="Network address" class="code">{session.address}</td>
                    <td data-label="Signed in"><DateTimeText instant=session.created_at/></td>
                    <td data-label="Last active"><DateTimeText instant=session.last_seen_at/></td>
                    <td data-label="Sign out">{ends}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <Table caption="Where you are signed in">
            <thead>
                <tr>
                    <ColumnHeader label="Browser"/>
                    <ColumnHeader label="Network address"/>
                    <ColumnHeader label="Signed in"/>
                    <ColumnHeader label="Last active"/>
                    <ColumnHeader label="Sign out" hide_label=true/>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}

#[component]
fn PasswordCard(password: FormAction) -> impl IntoView {
    let changed = password.has_succeeded();
    view! {
        <Card title="Change your password">
            {move || changed.get().then(|| view! {
                <Banner tone=Tone::Ok title="Password changed"><p>"You have been signed out in all other browsers."</p></Banner>
            })}
            <FormScope errors=password.errors()>
                <CommandForm action=password class="form-grid">
                    <ErrorSummary/>
                    <PasswordInput name="current_password" label="Current password"/>
                    <PasswordInput name="new_password" label="New password" new=true
                        hint="At least 15 characters. Try three or four unrelated words."/>
                    <div class="form-actions">
                        <Button look=ButtonLook::Primary pending=password.pending() pending_text="Changing…">"Change password"</Button>
                    </div>
                </CommandForm>
            </FormScope>
        </Card>
    }
}
