//! What `{:?}` shows. What holds credentials or what a vendor tells of people cannot be formatted at all outside of the
//! crate's own tests, or hides it: what cannot be formatted gets into no log, whoever writes one.

use std::collections::HashMap;
use std::fmt::Debug;
use std::marker::PhantomData;

use bytes::Bytes;
use referral_gateway::callers::{self, Caller, Callers, key};
use referral_gateway::clock::Clock;
use referral_gateway::config::workspaces::OfWorkspace;
use referral_gateway::config::{Config, Server};
use referral_gateway::gateway;
use referral_gateway::http::App;
use referral_gateway::http::answer::Answer;
use referral_gateway::http::question::Question;
use referral_gateway::http::shared::Read;
use referral_gateway::ledger::Desk;
use referral_gateway::load::cursor::Cursor;
use referral_gateway::load::list::ListRequest;
use referral_gateway::load::{Key, Loaded, Registry};
use referral_gateway::model::{
    Connection, ConnectionFilter, Conversion, Facilitator, FacilitatorParty, Facilitators,
    FeePreview, FinanceDeal, GlobalId, Json, NewFacilitator, Note, Organization, Party, Person,
    PersonTexts, Problem, Referral, ReferralFilter, TeamMember, Vendor, Workspace, Write,
};
use referral_gateway::random::Random;
use referral_gateway::sandbox::Sandbox;
use referral_gateway::vendor::introzy::schema as introzy;
use referral_gateway::vendor::partner_center::schema as partner_center;
use referral_gateway::vendor::plannr::schema as plannr;
use referral_gateway::vendor::saasquatch::schema as saasquatch;
use referral_gateway::vendor::write::Effect;
use referral_gateway::vendor::{Adapter, Connector, Error, Found, Kind, Page, Rejection, Written};

use super::{secrets, told};

/// A question about a type.
struct Asked<T: ?Sized>(PhantomData<T>);

/// The answer for every type; one that can be formatted has its own, which wins.
trait Unformatted {
    fn can_be_formatted(&self) -> bool {
        false
    }
}

impl<T: ?Sized> Unformatted for Asked<T> {}

#[expect(
    clippy::unused_self,
    reason = "it stands in the place of the trait's method"
)]
impl<T: ?Sized + Debug> Asked<T> {
    fn can_be_formatted(&self) -> bool {
        true
    }
}

/// Those among these types that can be formatted.
macro_rules! formattable_of {
    ($($type:ty),* $(,)?) => {
        [$((stringify!($type), Asked::<$type>(PhantomData).can_be_formatted())),*]
            .into_iter()
            .filter_map(|(name, can)| can.then_some(name))
            .collect::<Vec<&str>>()
    };
}

#[test]
fn what_holds_credentials_or_people_cannot_be_formatted() {
    let nothing: Vec<&str> = Vec::new();
    let records = formattable_of![
        Connection,
        Facilitator,
        Facilitators,
        FeePreview,
        FinanceDeal,
        Note,
        Organization,
        Party,
        Person,
        PersonTexts<'_>,
        Referral,
        GlobalId,
        Loaded<Referral>,
        Page<Referral>,
        Found<Connection>,
        introzy::IntrozyReferral,
        introzy::IntrozyUser,
        plannr::PlannrReferral,
        plannr::PlannrAccount,
        partner_center::PartnerCenterReferral,
        saasquatch::SaasquatchReferral,
        saasquatch::SaasquatchUser,
    ];
    assert_eq!(records, nothing);
    let asked = formattable_of![
        Answer,
        ConnectionFilter,
        Conversion,
        Cursor,
        Effect,
        FacilitatorParty,
        Key,
        ListRequest<ReferralFilter>,
        NewFacilitator,
        Problem,
        Question,
        Read,
        ReferralFilter,
        Rejection,
        TeamMember,
        Write,
        Written,
    ];
    assert_eq!(asked, nothing);
    let credentials = formattable_of![
        App,
        Callers,
        Config,
        Connector,
        Desk,
        OfWorkspace,
        Registry,
        callers::Rules,
        callers::issuer::Rules,
        dyn Adapter,
        key::Key,
        key::NewKey,
    ];
    assert_eq!(credentials, nothing);
    // What is found is found.
    assert_eq!(formattable_of![Vendor, Error], ["Vendor", "Error"]);
}

#[test]
fn what_can_be_formatted_although_it_holds_a_secret_does_not_show_it() {
    let clock = Clock::manual("2026-11-01T09:00:00Z".parse().unwrap()).0;
    let sandbox = Sandbox::new(&clock);
    let origin = "http://127.0.0.1:9";
    let environment: HashMap<&str, String> = sandbox.environment(origin).into_iter().collect();
    let secrets = secrets(&environment);
    let text = secrets.join(" ");

    let config = Config::read(None, &|name| environment.get(name).cloned()).unwrap();
    let (adapters, failed) =
        gateway::adapters(&config, &config.workspaces[0], &clock, &Random::system());
    assert_eq!((adapters.len(), failed.len()), (4, 0));
    let mut error = Error::new(Vendor::ALL[0], "test", Kind::Rejected, "a code");
    error.body = Some(Bytes::from(text.clone()));
    let json = serde_json::value::to_raw_value(&text).unwrap();
    let caller = Caller {
        name: "web".into(),
        workspace: Workspace::default(),
        scopes: referral_gateway::model::Scopes::ALL,
    };
    let server: &Server = &config.server;
    let shown = [
        format!(
            "{error:?} {error} {:?}",
            gateway::Failure::Vendors(vec![(Workspace::default(), error.clone())])
        ),
        format!("{:?}", Json::from(json)),
        format!(
            "{server:?} {:?} {:?} {caller:?}",
            config.log, config.requests
        ),
    ];
    for shown in shown {
        assert!(shown.len() > 5, "{shown}");
        assert_eq!(told(&shown, &secrets), None, "{shown}");
    }
    // Nor is it in what is wrong with a configuration.
    for (name, value) in &environment {
        let spoilt = |asked: &str| {
            let value = environment.get(asked).cloned()?;
            Some(if asked == *name {
                format!("{value}\u{7}\n")
            } else {
                value
            })
        };
        let problems = Config::read(None, &spoilt)
            .err()
            .unwrap_or_default()
            .join("\n");
        assert_eq!(told(&problems, &secrets), None, "{problems}");
        assert!(
            name.ends_with("_URL") || !problems.contains(value.as_str()),
            "{problems}"
        );
    }
}
