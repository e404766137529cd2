//! Every write against the emulator, in each form that Introzy's pages leave open.

use super::*;
use crate::model::{
    Conversion, FacilitatorParty, FacilitatorRole, Facilitators, NewFacilitator, WriteOutcome,
};
use crate::sandbox::{Fault, Kind as FaultKind, Sandbox};

/// What is set away from its default.
type Switches = &'static [(&'static str, &'static str)];

const FORMS: [Switches; 4] = [
    &[("strict_body", "on"), ("strict_query", "on")],
    &[
        ("facilitator_created", "204"),
        ("facilitator_removed", "204"),
        ("note_created", "200"),
        ("errors", "empty"),
        ("auto_facilitators", "with_source"),
    ],
    &[
        ("facilitator_created", "200"),
        ("errors", "other_codes"),
        ("pipeline_deals_errors", "unwrapped"),
        ("invalid", "422"),
        ("duplicate_pair", "any_product"),
        ("order", "shuffled"),
        ("meta", "present"),
    ],
    &[
        ("errors", "code_only"),
        ("order", "oldest_first"),
        ("party_name", "null"),
        ("auto_facilitators", "absent"),
    ],
];

struct Emulated {
    sandbox: Sandbox,
    adapter: Arc<dyn Adapter>,
    sent: Sent,
}

impl Emulated {
    async fn start(switches: Switches) -> Self {
        let (connect, _) = stub::connect(None);
        let sandbox = Sandbox::new(&connect.clock);
        for (name, value) in switches {
            sandbox.set_switch("introzy", name, value).unwrap();
        }
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let router = sandbox.router();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let environment = sandbox.environment(&origin);
        let environment: Vec<_> = environment.iter().map(|(k, v)| (*k, &**v)).collect();
        let adapter = stub::adapter("introzy", configure, "", &environment, &connect);
        let sent = Sent {
            since: connect.clock.now(),
            ..first()
        };
        Self {
            sandbox,
            adapter,
            sent,
        }
    }

    async fn person(&self, search: &str) -> String {
        let people = self.adapter.people(&call(), search, 1).await.unwrap();
        people[0].remote_id().unwrap().to_owned()
    }

    /// Sends it, and looks and sends again as long as that is allowed.
    async fn carry_out(&self, write: &Write) -> (WriteOutcome, Effect) {
        assert_eq!(self.adapter.check_write(write), []);
        let mut sent = self.sent.clone();
        for _ in 0..5 {
            match self.adapter.write(&call(), write, &sent).await {
                Ok(Written::Applied(effect)) => return (WriteOutcome::Applied, *effect),
                Ok(Written::AlreadyApplied(effect)) => {
                    return (WriteOutcome::AlreadyApplied, *effect);
                }
                Ok(Written::Rejected(rejection)) => {
                    assert!(!rejection.problems.is_empty());
                    return (WriteOutcome::Rejected, *rejection.effect);
                }
                Ok(Written::Each(_)) => panic!("it is one write"),
                Err(error) => assert!(!error.is_unsent(), "{error}"),
            }
            sent.is_repeated = true;
            match self.adapter.settle(&call(), write, &sent).await.unwrap() {
                Settled::Applied(effect) => return (WriteOutcome::Applied, *effect),
                Settled::SendAgain
                | Settled::Absent {
                    may_be_sent_again: true,
                } => {}
                _ => return (WriteOutcome::Unknown, Effect::default()),
            }
        }
        panic!("it does not end");
    }

    /// Makes the vendor's next answer to such a call get lost.
    fn lose(&self, method: &str, answer: FaultKind) {
        self.sandbox.fault(Fault {
            method: Some(method.to_owned()),
            times: Some(1),
            ..Fault::new("introzy", answer)
        });
    }

    fn assert_documented(&self) {
        for logged in self.sandbox.requests("introzy") {
            assert_eq!(logged.problems, Vec::<String>::new(), "{}", logged.path);
        }
    }
}

/// Neither of the two is in a referral with the other yet.
async fn creating(world: &Emulated) -> Write {
    create::write(&json!({
        "seekerId": world.person("info@example.test").await,
        "providerId": world.person("ada.okoro").await,
        "name": "Möwe", "description": "", "expectedValue": "12345678901234567.89", "currency": "EUR",
    }))
}

#[tokio::test]
async fn every_write_is_understood_in_every_form_and_made_once() {
    for switches in FORMS {
        let world = Emulated::start(switches).await;
        let write = creating(&world).await;
        let (outcome, effect) = world.carry_out(&write).await;
        assert_eq!(outcome, WriteOutcome::Applied, "{switches:?}");
        let id = effect.referral_id.unwrap().to_string();
        let value = effect.referral.unwrap().value.clone().unwrap();
        assert_eq!(value.amount.to_string(), "12345678901234567.89");
        let (outcome, effect) = world.carry_out(&write).await;
        assert_eq!(outcome, WriteOutcome::AlreadyApplied, "{switches:?}");
        assert_eq!(effect.referral_id.as_deref(), Some(&*id));
        let Write::Create { mut input } = write else {
            unreachable!("it was made as one");
        };
        input["name"] = json!("Other");
        let (outcome, effect) = world.carry_out(&Write::Create { input }).await;
        assert_eq!(outcome, WriteOutcome::Rejected, "{switches:?}");
        assert_eq!(effect.referral_id.as_deref(), Some(&*id));

        let adding = Write::AddFacilitator {
            referral: id.clone(),
            facilitator: NewFacilitator {
                party: FacilitatorParty::User(world.person("info@example.test").await),
                role: FacilitatorRole::ReferralSource,
                side: None,
            },
        };
        let (outcome, effect) = world.carry_out(&adding).await;
        assert_eq!(outcome, WriteOutcome::Applied, "{switches:?}");
        let key = effect.facilitator.unwrap().key.to_string();
        let (outcome, _) = world.carry_out(&adding).await;
        assert_eq!(outcome, WriteOutcome::AlreadyApplied, "{switches:?}");
        let removing = Write::RemoveFacilitator {
            referral: id.clone(),
            key,
        };
        for expected in [WriteOutcome::Applied, WriteOutcome::AlreadyApplied] {
            let (outcome, _) = world.carry_out(&removing).await;
            assert_eq!(outcome, expected, "{switches:?}");
        }

        let noting = Write::AddNote {
            referral: id.clone(),
            content: format!("Ask [@Ada](person:{USER})"),
        };
        let (outcome, effect) = world.carry_out(&noting).await;
        assert_eq!(outcome, WriteOutcome::Applied, "{switches:?}");
        assert!(effect.note.is_some());
        let converting = Write::Convert {
            referral: id,
            conversion: Conversion::default(),
        };
        let (outcome, effect) = world.carry_out(&converting).await;
        assert_eq!(outcome, WriteOutcome::Applied, "{switches:?}");
        assert!(effect.deal.is_some());
        let (outcome, _) = world.carry_out(&converting).await;
        assert_eq!(outcome, WriteOutcome::Rejected, "{switches:?}");
        world.assert_documented();
    }
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_found_and_one_that_got_lost_is_made() {
    for (fault, is_made) in [(FaultKind::DropAfter, true), (FaultKind::DropBefore, false)] {
        let world = Emulated::start(&[]).await;
        world.lose("POST", fault.clone());
        let (outcome, effect) = world.carry_out(&creating(&world).await).await;
        assert_eq!(outcome, WriteOutcome::Applied);
        let referral = effect.referral.unwrap();
        let Facilitators::Embedded(rows) = &referral.facilitators else {
            panic!("the record carries them");
        };
        let id = referral.remote_id.to_string();

        world.lose("DELETE", fault.clone());
        let removing = Write::RemoveFacilitator {
            referral: id.clone(),
            key: rows[0].key.to_string(),
        };
        assert_eq!(world.carry_out(&removing).await.0, WriteOutcome::Applied);

        // What may not be sent twice is held to be lost.
        world.lose("POST", fault.clone());
        let noting = Write::AddNote {
            referral: id.clone(),
            content: "Hello".to_owned(),
        };
        let expected = if is_made {
            WriteOutcome::Applied
        } else {
            WriteOutcome::Unknown
        };
        assert_eq!(world.carry_out(&noting).await.0, expected);
        world.lose("POST", fault);
        let converting = Write::Convert {
            referral: id,
            conversion: Conversion::default(),
        };
        assert_eq!(world.carry_out(&converting).await.0, expected);
        world.assert_documented();
    }
}
