//! People to act as: members of organisations of each kind, inserted by the owner of the database.

use axum::body::Body;
use contracts::{
    identity::{MadeFor, OrganisationKind},
    ids::{OrgId, SessionId, UserId},
    permission::{Level, PermissionSet, start_policy},
    states::OrganisationStatus,
};
use diesel::sql_types;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use http::{Request, header};
use serde::Serialize;
use services::{
    OpCtx,
    platform::{ActiveOrganisation, Actor, Caller, Client, RequestId, new_id, secret_token},
};
use uuid::Uuid;

use crate::{Answer, TestApp};

/// A signed-in member.
pub struct Member<'a> {
    /// Context for calling services directly.
    pub ctx: OpCtx,
    /// The organisation.
    pub org_id: OrgId,
    /// The person.
    pub user_id: UserId,
    /// The sign-in address.
    pub email: String,
    cookie: String,
    app: &'a TestApp,
}

impl TestApp {
    /// Plants a verified organisation and returns its owner.
    pub async fn organisation(&self, kind: OrganisationKind) -> Member<'_> {
        self.member(kind, OrganisationStatus::Verified, Level::Owner).await
    }

    /// Plants an organisation that is not verified and returns its owner.
    pub async fn unverified(&self, kind: OrganisationKind) -> Member<'_> {
        self.member(kind, OrganisationStatus::Unverified, Level::Owner).await
    }

    /// Plants an administrator of the platform.
    pub async fn admin(&self) -> Member<'_> {
        self.member(OrganisationKind::Platform, OrganisationStatus::Verified, Level::Owner).await
    }

    /// Plants an organisation and returns a member of this level. All members of the platform belong to one organisation.
    pub async fn member(
        &self,
        kind: OrganisationKind,
        status: OrganisationStatus,
        level: Level,
    ) -> Member<'_> {
        let now = services::platform::Clock::now(self.clock.as_ref());
        let org_id: OrgId = if kind == OrganisationKind::Platform {
            self.platform_org().await.unwrap_or_else(|| new_id(now))
        } else {
            new_id(now)
        };
        self.plant_organisation(org_id, kind, status).await;
        self.join(org_id, kind, status, level).await
    }

    /// Plants a further member of an organisation.
    pub async fn join(
        &self,
        org_id: OrgId,
        kind: OrganisationKind,
        status: OrganisationStatus,
        level: Level,
    ) -> Member<'_> {
        let now = services::platform::Clock::now(self.clock.as_ref());
        let (user_id, session): (UserId, SessionId) = (new_id(now), new_id(now));
        let email = format!("{}@example.org", user_id.0.simple());
        let token = secret_token().expect("randomness");
        let moment = now.to_rfc3339();
        // law I9 requires an audit record for every account and membership
        let sql = format!(
            "BEGIN;
             INSERT INTO users (id, email, name, created_at) VALUES ('{user_id}', '{email}', 'Robin Example', '{moment}');
             INSERT INTO memberships (id, org_id, user_id, level, created_at)
             VALUES ('{membership}', '{org_id}', '{user_id}', '{level}', '{moment}');
             INSERT INTO sessions (id, token_hash, user_id, org_id, created_at, last_seen_at, idle_expires_at, absolute_expires_at)
             VALUES ('{session}', sha256('{token}'::bytea), '{user_id}', '{org_id}', '{moment}', '{moment}',
               '{moment}'::timestamptz + interval '15 minutes', '{moment}'::timestamptz + interval '12 hours');
             INSERT INTO audit_records (id, actor_kind, action, entity_type, entity_id, request_id)
             VALUES (gen_random_uuid(), 'command', 'testkit.member_planted', 'user', '{user_id}', 'testkit');
             COMMIT",
            membership = new_id::<Uuid>(now),
        );
        self.database.owner().await.batch_execute(&sql).await.expect("a member");
        let caller = Caller {
            actor: Actor::User(user_id),
            organisation: Some(ActiveOrganisation { id: org_id, kind, status, level }),
            permissions: permissions(kind, level),
            elevation: None,
            session: Some(session),
            request_id: RequestId(Uuid::now_v7()),
            client: Client::default(),
        };
        let ctx = OpCtx::new(self.platform.clone(), caller);
        Member { ctx, org_id, user_id, email, cookie: format!("__Host-session={token}"), app: self }
    }

    /// Plants a membership of a person in a further organisation.
    pub async fn also_member(&self, user_id: UserId, org_id: OrgId, level: Level) {
        let now = services::platform::Clock::now(self.clock.as_ref());
        let sql = format!(
            "BEGIN;
             INSERT INTO memberships (id, org_id, user_id, level, created_at)
             VALUES ('{membership}', '{org_id}', '{user_id}', '{level}', '{moment}');
             INSERT INTO audit_records (id, actor_kind, action, entity_type, entity_id, request_id)
             VALUES (gen_random_uuid(), 'command', 'testkit.member_planted', 'user', '{user_id}', 'testkit');
             COMMIT",
            membership = new_id::<Uuid>(now),
            moment = now.to_rfc3339(),
        );
        self.database.owner().await.batch_execute(&sql).await.expect("a membership");
    }

    async fn platform_org(&self) -> Option<OrgId> {
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = sql_types::Uuid)]
            id: Uuid,
        }
        let mut owner = self.database.owner().await;
        let rows: Vec<Row> = diesel::sql_query("SELECT id FROM organisations WHERE kind = 'platform'")
            .load(&mut owner)
            .await
            .expect("organisations");
        rows.into_iter().next().map(|row| OrgId(row.id))
    }

    async fn plant_organisation(&self, id: OrgId, kind: OrganisationKind, status: OrganisationStatus) {
        let mut owner = self.database.owner().await;
        let name = format!("{kind} {}", &id.0.simple().to_string()[24..]);
        // law I9 requires an audit record for every organisation
        owner
            .batch_execute(&format!(
                "BEGIN;
                 INSERT INTO organisations (id, kind, name, legal_name, registration_number, country, city, status, verified_at)
                 VALUES ('{id}', '{kind}', '{name}', '{name} Ltd', '', 'IE', 'Dublin', '{status}', CASE WHEN '{status}' = 'verified' THEN now() END)
                 ON CONFLICT (id) DO NOTHING;
                 INSERT INTO audit_records (id, actor_kind, action, entity_type, entity_id, request_id)
                 VALUES (gen_random_uuid(), 'command', 'testkit.organisation_planted', 'organisation', '{id}', 'testkit');
                 COMMIT"
            ))
            .await
            .expect("organisation");
    }
}

fn permissions(kind: OrganisationKind, level: Level) -> PermissionSet {
    start_policy()
        .expect("the policy reads")
        .into_iter()
        .filter(|grant| grant.role == kind.role() && grant.levels.contains(&level))
        .map(|grant| grant.permission)
        .collect()
}

impl Member<'_> {
    /// Returns the `Cookie` header of the session, for requests that a test builds itself.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    /// Sends GET with this member's session.
    pub async fn get(&self, path: &str) -> Answer {
        let request = Request::get(path)
            .header(header::COOKIE, &self.cookie)
            .header(header::ACCEPT, "text/html,*/*")
            .body(Body::empty());
        self.app.send(request.expect("a request")).await
    }

    /// Sends POST with JSON and this member's session, as the site's pages do.
    pub async fn post_json(&self, path: &str, body: &impl Serialize) -> Answer {
        let json = serde_json::to_vec(body).expect("JSON");
        self.post(path, "application/json", json).await
    }

    /// Sends POST with a form and this member's session, as the site's pages do without JavaScript.
    pub async fn post_form(&self, path: &str, form: &str) -> Answer {
        self.post(path, "application/x-www-form-urlencoded", form.as_bytes().to_vec()).await
    }

    /// Returns the value by which this member's pages identify whom they were rendered for.
    pub fn made_for(&self) -> MadeFor {
        MadeFor { person: Some(self.user_id), organisation: Some(self.org_id) }
    }

    async fn post(&self, path: &str, content_type: &str, body: Vec<u8>) -> Answer {
        let request = Request::post(path)
            .header(header::COOKIE, &self.cookie)
            .header(MadeFor::HEADER, self.made_for().to_string())
            .header(header::CONTENT_TYPE, content_type)
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body));
        self.app.send(request.expect("a request")).await
    }
}
