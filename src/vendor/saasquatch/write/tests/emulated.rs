//! Both writes against the emulator, in each form that SaaSquatch's pages leave open.

use serde_json::json;

use super::*;
use crate::clock::ClockHand;
use crate::model::{Decision, ModerationSide, Referral, Verdict, WriteOutcome};
use crate::sandbox::{Fault, Kind as FaultKind, Sandbox};
use crate::vendor::{Decided, Effect, Native};

/// What is set away from its default.
type Switches = &'static [(&'static str, &'static str)];

const FORMS: [Switches; 5] = [
    &[],
    &[
        ("list_users", "scalars"),
        ("order", "shuffled"),
        ("nulls", "omitted"),
    ],
    &[("tenant", "ga"), ("open_list_filters", "pairs_only")],
    &[
        ("generation", "2020"),
        ("order", "oldest"),
        ("open_list_pair", "optional"),
    ],
    &[
        ("referral_appears", "later"),
        ("auto_moderation", "pending"),
    ],
];

struct Emulated {
    sandbox: Sandbox,
    adapter: Arc<dyn Adapter>,
    hand: ClockHand,
    /// With which others have been referred.
    code: String,
    sent: Sent,
}

impl Emulated {
    async fn start(switches: Switches) -> Self {
        let (connect, hand) = stub::connect(None);
        let sandbox = Sandbox::new(&connect.clock);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let router = sandbox.router();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let environment = sandbox.environment(&origin);
        let environment: Vec<_> = environment.iter().map(|(k, v)| (*k, &**v)).collect();
        let adapter = stub::adapter("saasquatch", configure, "", &environment, &connect);
        let sent = Sent {
            since: connect.clock.now(),
            ..first()
        };
        let mut world = Self {
            sandbox,
            adapter,
            hand,
            code: String::new(),
            sent,
        };
        world.code = world.code().await;
        for (name, value) in switches {
            world.set(name, value);
        }
        world
    }

    fn set(&self, switch: &str, value: &str) {
        let set = self.sandbox.set_switch("saasquatch", switch, value);
        set.unwrap();
    }

    /// Sends it, and looks and sends again as long as that is allowed.
    async fn carry_out(&self, write: &Write) -> Written {
        assert_eq!(self.adapter.check_write(write), []);
        let mut sent = self.sent.clone();
        for _ in 0..5 {
            match self.adapter.write(&call(), write, &sent).await {
                Ok(written) => return written,
                Err(error) => assert!(!error.is_unsent(), "{error}"),
            }
            sent.is_repeated = true;
            self.hand.advance(std::time::Duration::from_secs(30));
            match self.adapter.settle(&call(), write, &sent).await.unwrap() {
                Settled::Applied(effect) => return Written::Applied(effect),
                Settled::Each(decided) => return Written::Each(decided),
                Settled::SendAgain
                | Settled::Absent {
                    may_be_sent_again: true,
                } => {}
                _ => panic!("both may be sent again"),
            }
        }
        panic!("it does not end");
    }

    async fn create(&self, write: &Write) -> (WriteOutcome, Effect) {
        match self.carry_out(write).await {
            Written::Applied(effect) => (WriteOutcome::Applied, *effect),
            Written::AlreadyApplied(effect) => (WriteOutcome::AlreadyApplied, *effect),
            Written::Rejected(rejection) => (WriteOutcome::Rejected, *rejection.effect),
            Written::Each(_) => panic!("it is one write"),
        }
    }

    async fn moderate(&self, decisions: Vec<Decision>) -> Vec<Decided> {
        match self.carry_out(&Write::Moderate { decisions }).await {
            Written::Each(decided) => decided,
            _ => panic!("not one answer for each"),
        }
    }

    fn lose(&self, method: &str, answer: FaultKind) {
        self.sandbox.fault(Fault {
            method: Some(method.to_owned()),
            times: Some(1),
            ..Fault::new("saasquatch", answer)
        });
    }

    async fn rows(&self) -> Vec<Arc<Referral>> {
        let native = Native::default();
        let page = self.adapter.referrals(&call(), &native, None).await;
        page.unwrap().rows
    }

    /// The code of the newest referral.
    async fn code(&self) -> String {
        let rows = self.rows().await;
        let codes = rows.iter().find_map(|row| {
            let raw: Value = serde_json::from_str(&row.raw.0).unwrap();
            raw["referralCodeUsed"].as_str().map(str::to_owned)
        });
        codes.unwrap()
    }

    fn assert_documented(&self) {
        for logged in self.sandbox.requests("saasquatch") {
            assert_eq!(logged.problems, Vec::<String>::new(), "{}", logged.path);
        }
    }
}

fn creating(code: &str) -> Write {
    Write::Create {
        input: json!({
            "accountId": "new@example.test", "userId": "new@example.test", "referralCode": code,
            "email": "new@example.test", "firstName": "Nelly", "locale": "en_US", "countryCode": "US",
        }),
    }
}

fn decision(id: &str, verdict: Verdict) -> Decision {
    Decision {
        referral: id.to_owned(),
        verdict,
        side: ModerationSide::Both,
        reason: None,
    }
}

#[tokio::test]
async fn a_referral_is_made_once_in_every_form() {
    for switches in FORMS {
        let world = Emulated::start(switches).await;
        let write = creating(&world.code);
        let (outcome, effect) = world.create(&write).await;
        assert_eq!(outcome, WriteOutcome::Applied, "{switches:?}");
        let id = effect.referral_id.unwrap();
        assert!(effect.referral.unwrap().complete, "{switches:?}");
        let (outcome, effect) = world.create(&write).await;
        assert_eq!(outcome, WriteOutcome::AlreadyApplied, "{switches:?}");
        assert_eq!(effect.referral_id, Some(id));
        world.assert_documented();
    }
}

#[tokio::test]
async fn a_code_of_nobody_makes_no_referral_and_that_is_told() {
    for value in ["refused", "ignored"] {
        let world = Emulated::start(&[]).await;
        world.set("unknown_code", value);
        let (outcome, _) = world.create(&creating("NOBODYHASTHIS")).await;
        assert_eq!(outcome, WriteOutcome::Rejected, "{value}");
    }
    let world = Emulated::start(&[("tenant", "classic")]).await;
    let (outcome, _) = world.create(&creating("NOBODYHASTHIS")).await;
    assert_eq!(outcome, WriteOutcome::Rejected);
}

#[tokio::test]
async fn closed_open_endpoints_refuse_a_new_referral_and_change_nothing() {
    let world = Emulated::start(&[("open_endpoints", "off")]).await;
    let write = creating(&world.code);
    let error = world.adapter.write(&call(), &write, &world.sent).await;
    assert_eq!(error.err().unwrap().status, Some(403));
    world.assert_documented();
}

#[tokio::test]
async fn a_referral_whose_answer_is_lost_is_found_and_one_that_got_lost_is_made() {
    for fault in [FaultKind::DropAfter, FaultKind::DropBefore] {
        let world = Emulated::start(&[]).await;
        let write = creating(&world.code);
        world.lose("PUT", fault.clone());
        let (outcome, _) = world.create(&write).await;
        assert_eq!(outcome, WriteOutcome::Applied);

        let rows = world.rows().await;
        let decisions = rows[..3]
            .iter()
            .map(|row| decision(&row.remote_id, Verdict::Approve));
        world.lose("POST", fault);
        let decided = world.moderate(decisions.collect()).await;
        assert!(decided.iter().all(|it| it.outcome == WriteOutcome::Applied));
    }
}

#[tokio::test]
async fn a_batch_with_what_cannot_be_moderated_moderates_all_the_others() {
    for switches in FORMS {
        let world = Emulated::start(switches).await;
        let rows = world.rows().await;
        let mut decisions: Vec<_> = rows
            .iter()
            .map(|row| decision(&row.remote_id, Verdict::Approve))
            .collect();
        decisions.insert(20, decision("000000000000000000000000", Verdict::Deny));
        let decided = world.moderate(decisions).await;
        for (place, decided) in decided.iter().enumerate() {
            let expected = if place == 20 {
                WriteOutcome::Rejected
            } else {
                WriteOutcome::Applied
            };
            assert_eq!(decided.outcome, expected, "{place} {switches:?}");
        }
        world.assert_documented();
    }
    // Rewards that cannot be cancelled.
    let world = Emulated::start(&[]).await;
    let rows = world.rows().await;
    let decisions = rows
        .iter()
        .map(|row| decision(&row.remote_id, Verdict::Deny));
    let decided = world.moderate(decisions.collect()).await;
    for (place, decided) in decided.iter().enumerate() {
        let problems = &decided.problems;
        let is_known = decided.outcome == WriteOutcome::Applied
            || problems[0].code == ProblemCode::IllegalTransition;
        assert!(is_known, "{place}: {problems:?}");
    }
    let applied = decided.iter().filter(|it| it.problems.is_empty());
    let applied = applied.count();
    assert!(applied > 0 && applied < decided.len(), "{applied}");
    assert!(world.sandbox.requests("saasquatch").len() < 200);
}
