//! The people of the demo market: everybody signs up, is verified and signs in through the same services as anybody else.

use chrono::TimeDelta;
use contracts::{
    compliance::{OrganisationDecision, OrganisationVerification},
    identity::{InvitationAccept, InvitationCreate, Secret, SignIn, SignUp},
    ids::OrgId,
};
use services::{
    OpCtx, compliance, identity,
    platform::{Client, RequestId},
};
use uuid::Uuid;

use super::{
    super::CommandError,
    tables::{House, houses},
    world::World,
};

/// The password of every demo account. It opens nothing in production mode: see `identity::DEMO_DOMAIN`.
pub const DEMO_PASSWORD: &str = "lantern-orchard-seven-rivers";

/// An organisation of the market and its owner, signed in.
pub(super) struct Party {
    pub(super) house: House,
    pub(super) ctx: OpCtx,
}

/// The sign-in address of a mailbox.
pub(super) fn address(mailbox: &str) -> String {
    format!("{mailbox}{}", identity::DEMO_DOMAIN)
}

fn secret() -> Secret {
    DEMO_PASSWORD.into()
}

impl World {
    /// A visitor.
    pub(super) fn visitor(&self) -> OpCtx {
        OpCtx::anonymous(self.platform.clone(), RequestId(Uuid::now_v7()), Client::default())
    }

    async fn person(&self, token: &str) -> Result<OpCtx, CommandError> {
        let request = RequestId(Uuid::now_v7());
        Ok(identity::authenticate(&self.platform, token, request, Client::default()).await?)
    }

    async fn accept(&self, url: &str, name: &str) -> Result<OpCtx, CommandError> {
        let token = url.rsplit('/').next().unwrap_or_default();
        let command = InvitationAccept { token: token.into(), name: name.to_owned(), password: secret() };
        let signed_in = identity::invitation_accept(&self.visitor(), command).await?;
        self.person(&signed_in.token).await
    }

    /// The platform's organisation and its administrator.
    pub(super) async fn administrator(&self) -> Result<OpCtx, CommandError> {
        let operator = OpCtx::command(self.platform.clone());
        let name = "Robin Castellan";
        let invited = identity::first_admin_create(&operator, &address("admin"), name).await?;
        self.clock.advance(TimeDelta::minutes(12));
        self.accept(&invited.url, name).await
    }

    /// Signs an organisation up; nobody has verified it yet.
    pub(super) async fn sign_up(&self, house: &House, place: usize) -> Result<OrgId, CommandError> {
        let command = SignUp {
            kind: house.kind.to_owned(),
            organisation: house.name.to_owned(),
            legal_name: house.legal_name.to_owned(),
            registration_number: format!("{}-{}", house.country, 410_007 + place * 7_919),
            country: house.country.to_owned(),
            city: house.city.to_owned(),
            name: house.owner.to_owned(),
            email: address(house.mailbox),
            password: secret(),
        };
        let signed_in = identity::sign_up(&self.visitor(), command).await?;
        Ok(self.person(&signed_in.token).await?.org_id()?)
    }

    async fn sign_in(&self, mailbox: &str) -> Result<OpCtx, CommandError> {
        let command = SignIn { email: address(mailbox), password: secret() };
        let signed_in = identity::sign_in(&self.visitor(), command).await?;
        self.person(&signed_in.token).await
    }

    /// Everybody who trades: signed up, verified a day later, signed in.
    pub(super) async fn settle_in(&mut self) -> Result<(), CommandError> {
        for (place, house) in houses()?.into_iter().enumerate() {
            self.clock.advance(TimeDelta::minutes(95));
            let id = self.sign_up(&house, place).await?;
            self.clock.advance(TimeDelta::hours(3));
            let facts_digest = compliance::organisation_detail(&self.admin, id).await?.facts_digest;
            compliance::organisation_verify(&self.admin, OrganisationVerification { id, facts_digest })
                .await?;
            self.clock.advance(TimeDelta::minutes(20));
            let ctx = self.sign_in(house.mailbox).await?;
            let party = Party { house, ctx };
            if party.house.kind == "provider" { self.providers.push(party) } else { self.buyers.push(party) }
        }
        self.colleagues().await
    }

    /// The first provider has a desk that redeems and somebody who only looks.
    async fn colleagues(&self) -> Result<(), CommandError> {
        let Some(first) = self.providers.first() else { return Ok(()) };
        for (mailbox, level, name) in
            [("desk", "staff", "Siobhán Daly"), ("auditor", "auditor", "Ruairí Nolan")]
        {
            let email = address(&format!("{mailbox}.{}", first.house.mailbox));
            let command = InvitationCreate { email, level: level.to_owned() };
            let link = identity::invitation_create(&first.ctx, command).await?;
            self.clock.advance(TimeDelta::minutes(40));
            self.accept(&link.url, name).await?;
        }
        Ok(())
    }

    /// Somebody who came later and does not trade: turned down with a reason, or still waiting.
    pub(super) async fn newcomer(&self, turned_down: bool) -> Result<(), CommandError> {
        let house = if turned_down {
            House {
                kind: "provider",
                name: "Goldleaf Wellness Resort",
                legal_name: "Goldleaf Leisure Holdings LLC",
                country: "US",
                city: "Miami",
                currency: "USD",
                mailbox: "goldleaf",
                owner: "Chase Remington",
                categories: Vec::new(),
            }
        } else {
            House {
                kind: "provider",
                name: "Quayside Physiotherapy",
                legal_name: "Quayside Physiotherapy Ltd",
                country: "IE",
                city: "Galway",
                currency: "EUR",
                mailbox: "quayside",
                owner: "Conor Lally",
                categories: Vec::new(),
            }
        };
        let id = self.sign_up(&house, 60 + usize::from(turned_down)).await?;
        if turned_down {
            let reason = "The company register lists a hotel business. Enter the number of your healthcare licence and submit your details again.";
            compliance::organisation_reject(
                &self.admin,
                OrganisationDecision { id, reason: reason.to_owned() },
            )
            .await?;
        }
        Ok(())
    }
}

/// Who can sign in: role, address.
pub(super) fn sign_ins() -> Result<Vec<(String, String)>, CommandError> {
    let mut rows = vec![("Administrator".to_owned(), address("admin"))];
    let houses = houses()?;
    for (kind, word) in [("provider", "Provider"), ("insurer", "Insurer"), ("intermediary", "Intermediary")] {
        for house in houses.iter().filter(|house| house.kind == kind) {
            rows.push((format!("{word}: {}", house.name), address(house.mailbox)));
            if house.mailbox == "alder-park" {
                rows.push(("  front desk".to_owned(), address("desk.alder-park")));
                rows.push(("  auditor".to_owned(), address("auditor.alder-park")));
            }
        }
    }
    rows.push(("Provider, rejected".to_owned(), address("goldleaf")));
    rows.push(("Provider, not verified yet".to_owned(), address("quayside")));
    Ok(rows)
}
