//! Drives the rows: who must not pass comes first, then those who act on their own things, then those who may.

use axum::body::Body;
use contracts::{identity::MadeFor, permission::start_policy};
use http::{Request, header};
use testkit::{Answer, Sandbox};

use super::{
    table::{self, Others, Right, Row},
    world::{Caller, World},
};

/// A request but for its caller.
pub(super) struct Ask {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) content_type: &'static str,
    pub(super) body: String,
    pub(super) headers: Vec<(&'static str, String)>,
}

impl World {
    /// One round of the jobs, then the laws.
    pub(super) async fn finish(&self) {
        crate::payments::finish(&self.app).await;
    }

    /// Puts the fixture's ids in place of the words with `$`.
    pub(super) fn fill_in(&self, text: &str) -> String {
        let mut parts = text.split('$');
        let mut filled = parts.next().unwrap().to_owned();
        for part in parts {
            let end = part.find(|c: char| !(c.is_ascii_lowercase() || c == '_')).unwrap_or(part.len());
            let (name, rest) = part.split_at(end);
            filled += self.names.get(name).unwrap_or_else(|| panic!("the fixture has no ${name}"));
            filled += rest;
        }
        filled
    }

    /// The request of a row: a body for POST, else what fills the path and the query.
    pub(super) fn ask(&self, door: &str, request: &str) -> Ask {
        let (method, path) = door.split_once(' ').unwrap();
        let request = self.fill_in(request);
        if method == "POST" {
            let json = request.starts_with('{');
            let content_type = if json { "application/json" } else { "application/x-www-form-urlencoded" };
            let path = path.to_owned();
            return Ask { method: "POST", path, content_type, body: request, headers: Vec::new() };
        }
        let (mut path, mut query) = (path.to_owned(), String::from("?"));
        for (name, value) in request.split('&').filter_map(|pair| pair.split_once('=')) {
            let place = format!("{{{name}}}");
            if path.contains(&place) {
                path = path.replace(&place, value);
            } else {
                query.extend([name, "=", value, "&"]);
            }
        }
        Ask { method: "GET", path: path + &query, content_type: "", body: String::new(), headers: Vec::new() }
    }

    /// The same, signed by the payment provider where that is the right.
    fn ask_of(&self, row: &Row) -> Ask {
        if row.right != Right::Signature {
            return self.ask(&row.door, &row.request);
        }
        let (body, headers) = Sandbox::signed("evt_access", "payment.captured", &unmatched_payment());
        let headers = headers.into_iter().collect();
        Ask { content_type: "application/json", body, headers, ..self.ask(&row.door, "") }
    }

    /// Sends it from a page that was made for its caller.
    pub(super) async fn send(&self, ask: &Ask, cookie: Option<&str>, site: &str) -> Answer {
        let page = self.app.made_for(cookie.unwrap_or_default()).await;
        self.send_from(page, ask, cookie, site).await
    }

    pub(super) async fn send_from(
        &self,
        page: MadeFor,
        ask: &Ask,
        cookie: Option<&str>,
        site: &str,
    ) -> Answer {
        let mut request = Request::builder().method(ask.method).uri(&ask.path).header("sec-fetch-site", site);
        if ask.method == "POST" {
            request = request
                .header(header::CONTENT_TYPE, ask.content_type)
                .header(MadeFor::HEADER, page.to_string());
        }
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, cookie);
        }
        for (name, value) in &ask.headers {
            request = request.header(*name, value);
        }
        self.app.send(request.body(Body::from(ask.body.clone())).unwrap()).await
    }
}

/// News of a payment nobody here knows.
fn unmatched_payment() -> serde_json::Value {
    serde_json::json!({ "id": "pay_x", "amount": 1, "currency": "EUR", "reference": "no-payment", "status": "captured",
                        "captured_amount": 1, "fee_amount": 0 })
}

/// One row at work, and what was found wrong.
struct Trial<'a> {
    world: &'a World,
    row: &'a Row,
    ask: Ask,
    /// Answers about somebody else's things.
    shown_to_others: Vec<String>,
    wrong: Vec<String>,
}

/// Drives the rows under a heading.
pub(super) async fn section(heading: &str) {
    let world = World::start().await;
    let mut wrong = Vec::new();
    for row in table::section(heading) {
        let mut trial = Trial::of(&world, &row);
        trial.refusals().await;
        trial.own_things().await;
        trial.those_who_may().await;
        wrong.extend(trial.wrong);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    world.finish().await;
}

impl<'a> Trial<'a> {
    fn of(world: &'a World, row: &'a Row) -> Self {
        Self { world, row, ask: world.ask_of(row), shown_to_others: Vec::new(), wrong: Vec::new() }
    }

    /// Whether the start policy grants the row's right to the caller.
    fn holds(&self, caller: &Caller) -> bool {
        let rights = match self.row.right {
            Right::Permission(right) => [right, right],
            Right::Either(one, other) => [one, other],
            Right::Anybody | Right::Signature => return true,
        };
        start_policy().unwrap().iter().any(|grant| {
            rights.contains(&grant.permission)
                && grant.role == caller.kind.role()
                && grant.levels.contains(&caller.level)
        })
    }

    fn is_party(&self, caller: &Caller) -> bool {
        self.row.parties.iter().any(|party| party == caller.kind.as_str())
    }

    /// Holders of the right whom the row does not mean.
    fn others(&self) -> Vec<&Caller> {
        let kinds =
            |caller: &&Caller| self.is_party(caller) || self.row.parties.iter().any(|p| p == "newcomer");
        let rivals = self.world.rivals.iter().filter(kinds);
        let strangers = self.world.members.iter().filter(|caller| !self.is_party(caller));
        rivals.chain(strangers).filter(|caller| self.holds(caller)).collect()
    }

    fn others_get(&self, caller: &Caller) -> Others {
        let exceptions = &self.row.exceptions;
        let exception = exceptions.get(caller.level.as_str()).or(exceptions.get(caller.kind.as_str()));
        exception.map_or(self.row.others, |status| Others::Refused(*status))
    }

    async fn expect(
        &mut self,
        caller: Option<&Caller>,
        site: &str,
        status: u16,
        code: Option<&str>,
    ) -> Answer {
        let answer = self.world.send(&self.ask, caller.map(|caller| caller.cookie.as_str()), site).await;
        let who = caller.map_or("a visitor", |caller| &caller.name);
        let fits = code.is_none_or(|code| answer.text().contains(code));
        if answer.status() != status || !fits {
            let told = answer.text().chars().take(300).collect::<String>();
            let door = &self.row.door;
            self.wrong
                .push(format!("{door}: {who} ({site}) gets {} instead of {status}: {told}", answer.status()));
        }
        let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let is_refusal = answer.status().is_client_error() || answer.status().is_server_error();
        if is_refusal && self.ask.path.starts_with("/api/") && kind != Some("application/problem+json") {
            self.wrong.push(format!("{}: {who} gets {kind:?} instead of problem details", self.row.door));
        }
        answer
    }

    async fn refusals(&mut self) {
        let before = self.world.app.snapshot().await;
        match self.row.right {
            Right::Anybody => {}
            Right::Signature => self.try_unsigned().await,
            Right::Permission(_) | Right::Either(..) => {
                let status = self.row.exceptions.get("visitor").copied().unwrap_or(401);
                self.expect(None, "same-origin", status, None).await;
                self.without_the_right().await;
            }
        }
        if self.row.door.starts_with("POST ") && self.row.right != Right::Signature {
            let party = self.who_may().first().copied().unwrap_or(&self.world.newcomer).clone();
            self.expect(Some(&party), "cross-site", 403, Some("cross_site_request")).await;
        }
        let after = self.world.app.snapshot().await;
        let changed = after.changed_since(&before);
        if !changed.is_empty() {
            self.wrong.push(format!("{}: what was refused changed {changed:?}", self.row.door));
        }
    }

    async fn try_unsigned(&mut self) {
        let headers = std::mem::take(&mut self.ask.headers);
        self.expect(None, "same-origin", 401, None).await;
        for caller in &self.world.members {
            self.expect(Some(caller), "same-origin", 401, None).await;
        }
        self.ask.headers = headers;
    }

    async fn without_the_right(&mut self) {
        let world = self.world;
        for caller in world.members.iter().filter(|caller| !self.holds(caller)).collect::<Vec<_>>() {
            self.expect(Some(caller), "same-origin", 403, Some("not_allowed")).await;
        }
        for caller in self.others().into_iter().cloned().collect::<Vec<_>>() {
            if let Others::Refused(status) = self.others_get(&caller) {
                self.expect(Some(&caller), "same-origin", status, None).await;
            }
        }
        if self.row.verified {
            for caller in world.unverified.iter().filter(|caller| self.is_party(caller)).collect::<Vec<_>>() {
                self.expect(Some(caller), "same-origin", 403, Some("organisation_unverified")).await;
            }
        }
    }

    /// Callers for whom the same request is about their own things: it succeeds, and neither shows nor touches ours.
    async fn own_things(&mut self) {
        let world = self.world;
        let ours: Vec<&String> =
            self.row.parties.iter().flat_map(|party| &world.secrets[party.as_str()]).collect();
        let own = |caller: &&Caller| self.others_get(caller) == Others::Own;
        let callers: Vec<Caller> = self.others().into_iter().filter(own).cloned().collect();
        for caller in callers {
            // the other levels would only do it a second time
            if self.row.writes && caller.level != contracts::permission::Level::Owner {
                continue;
            }
            let before = self.our_rows().await;
            let answer = self.expect(Some(&caller), "same-origin", self.success(), None).await.text();
            if let Some(secret) = ours.iter().find(|secret| answer.contains(secret.as_str())) {
                self.wrong.push(format!("{}: {} is shown {secret}", self.row.door, caller.name));
            }
            self.shown_to_others.push(answer);
            if self.our_rows().await != before {
                self.wrong.push(format!("{}: {} changes rows of ours", self.row.door, caller.name));
            }
        }
    }

    /// The status of a request that does what it asks for.
    fn success(&self) -> u16 {
        let usual = if self.row.right == Right::Signature { 204 } else { 200 };
        self.row.exceptions.get("done").copied().unwrap_or(usual)
    }

    async fn our_rows(&self) -> Vec<testkit::Snapshot> {
        let mut rows = Vec::new();
        for org_id in self.row.parties.iter().filter_map(|party| self.world.organisations.get(party.as_str()))
        {
            rows.push(self.world.app.snapshot_of(*org_id).await);
        }
        rows
    }

    /// Those who hold the right and are meant, the owner of the first party in front.
    fn who_may(&self) -> Vec<&Caller> {
        let members = self.row.parties.iter().flat_map(|party| {
            let newcomer = (party == "newcomer").then_some(&self.world.newcomer);
            newcomer
                .into_iter()
                .chain(self.world.members.iter().filter(move |caller| caller.kind.as_str() == party))
        });
        members.filter(|caller| self.holds(caller)).collect()
    }

    async fn those_who_may(&mut self) {
        let status = self.success();
        let mut callers: Vec<Option<Caller>> = self.who_may().into_iter().cloned().map(Some).collect();
        if matches!(self.row.right, Right::Anybody | Right::Signature) {
            callers = vec![None];
        }
        if self.row.right == Right::Anybody && !self.row.writes {
            callers.extend(self.world.members.iter().cloned().map(Some));
        }
        if self.row.writes {
            callers.truncate(1);
        }
        let before = self.world.app.snapshot().await;
        for (position, caller) in callers.iter().enumerate() {
            let answer = self.expect(caller.as_ref(), "same-origin", status, None).await.text();
            if position == 0 && !self.row.writes && self.row.others == Others::Own {
                self.shows_ours(&answer);
            }
        }
        let after = self.world.app.snapshot().await;
        let changed = after.changed_since(&before);
        let door = &self.row.door;
        if changed.is_empty() == self.row.writes {
            self.wrong.push(format!("{door}: writes is {}, and changed is {changed:?}", self.row.writes));
        }
        if self.row.writes && !changed.contains(&"audit_records") {
            self.wrong.push(format!("{door}: changes {changed:?} without an audit record"));
        }
    }

    /// Otherwise that others are not shown it would prove nothing.
    fn shows_ours(&mut self, answer: &str) {
        let ours = self.row.parties.first().map(|party| &self.world.secrets[party.as_str()]);
        let named = ours.is_some_and(|ours| ours.iter().any(|secret| answer.contains(secret.as_str())));
        // a dashboard has figures and no names
        if !named && self.shown_to_others.iter().any(|other| other == answer) {
            self.wrong.push(format!("{}: the answer shows nothing of the caller's", self.row.door));
        }
    }
}
