//! The person's own account.

use contracts::identity::{AccountView, SessionView};
use leptos::prelude::*;

use crate::{
    act::{Act, ActForm},
    answers::settled,
    features::identity::rpc::{AccountUpdate, PasswordChange, SessionsEndOthers, account_get},
    loaded::Loaded,
    ui::{
        Badge, Banner, Button, ButtonLook, Card, ColumnHeader, DateTimeText, Description, DescriptionList,
        ErrorSummary, FormScope, Icon, LinkButton, PageHeader, PasswordInput, Skeleton, Table, TextInput,
        Tone, toast_when_done,
    },
};

/// `/account`.
#[component]
pub fn AccountPage() -> impl IntoView {
    let rename = Act::of::<AccountUpdate>();
    let password = Act::of::<PasswordChange>();
    let end = Act::of::<SessionsEndOthers>();
    toast_when_done(rename, "Name saved.");
    toast_when_done(password, "Password changed.");
    toast_when_done(end, "You are signed out everywhere else.");
    let (renamed, changed, ended) = (settled(rename), settled(password), settled(end));
    let account =
        Resource::new_blocking(move || (renamed.get(), changed.get(), ended.get()), |_| account_get());
    view! {
        <div class="reading stack-lg">
            <Loaded
                data=account
                fallback=|| view! { <Skeleton/> }
                show=move |account| view! { <Account account rename end/> <PasswordCard password/> }
            />
        </div>
    }
}

#[component]
fn Account(account: AccountView, rename: Act, end: Act) -> impl IntoView {
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
                    <ActForm act=rename class="form-grid">
                        <ErrorSummary/>
                        <TextInput name="name" label="Name" autocomplete="name" max_length=120 value=account.name/>
                        <div class="form-actions">
                            <Button pending=rename.pending() pending_text="Saving…">"Save name"</Button>
                        </div>
                    </ActForm>
                </FormScope>
            </div>
        </Card>
        <p class="cluster">
            <LinkButton href="/api/account/records/export" icon=Icon::Download external=true>"Download my activity (CSV)"</LinkButton>
            <LinkButton href="/api/account/records/export?format=xlsx" icon=Icon::Download external=true>"What is recorded about you, as Excel"</LinkButton>
        </p>
        <Card title="Where you are signed in" flush=true>
            <Sessions sessions=account.sessions/>
            {others.then(|| view! {
                <FormScope errors=end.errors()>
                    <ActForm act=end class="p-4 stack">
                        <ErrorSummary/>
                        <div><Button pending=end.pending() pending_text="Signing out…">"Sign out everywhere else"</Button></div>
                    </ActForm>
                </FormScope>
            })}
        </Card>
    }
}

#[component]
fn Sessions(sessions: Vec<SessionView>) -> impl IntoView {
    let rows: Vec<_> = sessions
        .into_iter()
        .map(|session| {
            let browser = session.user_agent.unwrap_or_else(|| "Unknown browser".to_owned());
            view! {
                <tr>
                    <th scope="row">
                        {browser}
                        {session.current.then(|| view! { " " <Badge tone=Tone::Info>"Current session"</Badge> })}
                    </th>
                    <td data-label="Address" class="code">{session.address}</td>
                    <td data-label="Since"><DateTimeText instant=session.created_at/></td>
                    <td data-label="Last seen"><DateTimeText instant=session.last_seen_at/></td>
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
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}

#[component]
fn PasswordCard(password: Act) -> impl IntoView {
    let changed = password.succeeded();
    view! {
        <Card title="Change your password">
            {move || changed.get().then(|| view! {
                <Banner tone=Tone::Ok title="Password changed"><p>"You have been signed out in all other browsers."</p></Banner>
            })}
            <FormScope errors=password.errors()>
                <ActForm act=password class="form-grid">
                    <ErrorSummary/>
                    <PasswordInput name="current_password" label="Current password"/>
                    <PasswordInput name="new_password" label="New password" new=true
                        hint="At least 15 characters. Try three or four unrelated words."/>
                    <div class="form-actions">
                        <Button look=ButtonLook::Primary pending=password.pending() pending_text="Changing…">"Change password"</Button>
                    </div>
                </ActForm>
            </FormScope>
        </Card>
    }
}
