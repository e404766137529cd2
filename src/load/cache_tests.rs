//! What the cache gives out and when, against a plain model of it; and what a write leaves of it.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::cache::{Cache, Lifetimes, Reading};
use super::counts::Use;
use super::key::{Key, Scope};
use super::record::{Kind, Record};
use super::{Flights, Outcome};
use crate::clock::{Clock, ClockHand};
use crate::model::{Vendor, Workspace};
use crate::vendor::{self, Error};

#[derive(Debug, PartialEq)]
struct Single(u32);

#[derive(Debug, PartialEq)]
struct Listing(u32);

impl Record for Single {
    const KIND: Kind = Kind::Referral;
    fn weight(&self) -> usize {
        8
    }
}

impl Record for Listing {
    const KIND: Kind = Kind::ReferralSnapshot;
    fn weight(&self) -> usize {
        8
    }
}

fn cache() -> (Arc<Cache>, ClockHand) {
    let (clock, hand) = Clock::manual("2026-06-11T12:00:00Z".parse().unwrap());
    (
        Arc::new(Cache::new(clock, 1 << 20, Lifetimes::default())),
        hand,
    )
}

fn scope(workspace: &str) -> Scope {
    Scope::new(Workspace::new(workspace), Vendor::ALL[0], "")
}

fn failed(kind: vendor::Kind) -> Error {
    Error::new(Vendor::ALL[0], "read", kind, "on purpose")
}

#[derive(Clone, Debug)]
enum Event {
    Pass(u64),
    Read(Option<u32>),
    Fail(vendor::Kind),
    Write { touched: bool },
}

fn event() -> impl Strategy<Value = Event> {
    let seconds = prop_oneof![
        Just(0),
        Just(1),
        1..10_u64,
        20..40_u64,
        200..400_u64,
        3_000..4_000_u64
    ];
    let kind = prop_oneof![
        Just(vendor::Kind::Unavailable),
        Just(vendor::Kind::Timeout),
        Just(vendor::Kind::Unauthorized),
    ];
    prop_oneof![
        4 => seconds.prop_map(Event::Pass),
        3 => proptest::option::weighted(0.8, any::<u32>()).prop_map(Event::Read),
        2 => kind.prop_map(Event::Fail),
        1 => any::<bool>().prop_map(|touched| Event::Write { touched }),
    ]
}

/// What is kept of one key, in plain words.
struct Model {
    value: Option<u32>,
    read_at: Timestamp,
    failed_at: Option<Timestamp>,
}

fn expected(kept: Option<&Model>, now: Timestamp) -> (&'static str, Option<u32>, bool) {
    let Some(kept) = kept else {
        return ("nothing", None, false);
    };
    let age = now.duration_since(kept.read_at).as_secs();
    let is_stale = kept.failed_at.is_some();
    let tried = kept
        .failed_at
        .is_some_and(|at| now.duration_since(at).as_secs() < 1);
    match (kept.value, age) {
        (None, 0..5) => ("current", None, false),
        (None, _) | (_, 3_600..) => ("nothing", None, false),
        (value, 0..30) => ("current", value, is_stale),
        (value, _) if tried => ("current", value, is_stale),
        (value, 30..300) => ("aging", value, is_stale),
        (value, _) if is_stale => ("aging", value, is_stale),
        (value, _) => ("old", value, is_stale),
    }
}

fn seen<T: Record>(
    reading: Reading<T>,
    value: impl Fn(&T) -> u32,
) -> (&'static str, Option<u32>, bool) {
    match reading {
        Reading::Current(known) => {
            let is_stale = known.as_ref().is_some_and(super::Loaded::is_stale);
            ("current", known.map(|known| value(&known.value)), is_stale)
        }
        Reading::Aging(known) => ("aging", Some(value(&known.value)), known.is_stale()),
        Reading::Old(known) => ("old", Some(value(&known.value)), known.is_stale()),
        Reading::Nothing => ("nothing", None, false),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn what_is_given_out_follows_age_failures_and_writes(events in proptest::collection::vec(event(), 1..40)) {
        let (cache, hand) = cache();
        let scope = scope("one");
        let single = scope.key(Kind::Referral, "r".into());
        let list = scope.key(Kind::ReferralSnapshot, "all".into());
        let mut now = cache.begin(&scope).at();
        let (mut kept, mut listed): (Option<Model>, Option<Model>) = (None, None);
        for event in events {
            match event {
                Event::Pass(seconds) => hand.advance(Duration::from_secs(seconds)),
                Event::Read(value) => {
                    let began = cache.begin(&scope);
                    cache.put(&single, value.map(|value| Arc::new(Single(value))), began);
                    cache.put(&list, value.map(|value| Arc::new(Listing(value))), began);
                    kept = Some(Model { value, read_at: now, failed_at: None });
                    listed = Some(Model { value, read_at: now, failed_at: None });
                }
                Event::Fail(kind) => {
                    let began = cache.begin(&scope);
                    cache.note_failure(&single, &failed(kind), began);
                    cache.note_failure(&list, &failed(kind), began);
                    for kept in [&mut kept, &mut listed] {
                        if kind == vendor::Kind::Unauthorized {
                            *kept = None;
                        } else if let Some(kept) = kept.as_mut().filter(|kept| kept.value.is_some()) {
                            kept.failed_at = Some(now);
                        }
                    }
                }
                Event::Write { touched } => {
                    cache.note_write(&scope, touched.then_some((Kind::Referral, "r")));
                    listed = None;
                    if touched {
                        kept = None;
                    }
                }
            }
            now = cache.begin(&scope).at();
            prop_assert_eq!(seen(cache.get::<Single>(&single), |single| single.0), expected(kept.as_ref(), now));
            prop_assert_eq!(seen(cache.get::<Listing>(&list), |list| list.0), expected(listed.as_ref(), now));
        }
    }
}

async fn load(flights: &Flights, key: &Key, answer: oneshot::Receiver<u32>) -> Outcome<Single> {
    let until = Instant::now() + Duration::from_secs(10);
    let fetch = |_| async { Ok(answer.await.ok().map(|value| Arc::new(Single(value)))) };
    flights.load_one(key.clone(), None, until, fetch).await
}

#[tokio::test]
async fn a_fetch_begun_before_a_write_is_neither_kept_nor_joined_after_it() {
    let (cache, _) = cache();
    let flights = Flights::new(cache.clone());
    let scope = scope("one");
    let key = scope.key(Kind::Referral, "r".into());

    let (send_before, before) = oneshot::channel();
    let (send_after, after) = oneshot::channel();
    let first = load(&flights, &key, before);
    let second = async {
        cache.note_write(&scope, [(Kind::Referral, "r")]);
        load(&flights, &key, after).await
    };
    let answers = async {
        tokio::task::yield_now().await;
        send_after.send(2).unwrap();
        tokio::task::yield_now().await;
        send_before.send(1).unwrap();
    };
    let (first, second, ()) = tokio::join!(first, second, answers);
    assert_eq!(
        *first.unwrap().unwrap().value,
        Single(1),
        "who asked before the write may get the old one"
    );
    assert_eq!(*second.unwrap().unwrap().value, Single(2));
    let kept = cache.hit::<Single>(&key).unwrap().unwrap();
    assert_eq!(*kept.value, Single(2), "though the old one came last");
}

#[tokio::test]
async fn a_write_costs_another_workspace_and_other_records_nothing() {
    let (cache, _) = cache();
    let (one, other) = (scope("one"), scope("other"));
    for scope in [&one, &other] {
        for id in ["r", "s"] {
            let key = scope.key(Kind::Referral, id.into());
            cache.put(&key, Some(Arc::new(Single(1))), cache.begin(scope));
        }
        let key = scope.key(Kind::ReferralSnapshot, "all".into());
        cache.put(&key, Some(Arc::new(Listing(1))), cache.begin(scope));
    }
    cache.note_write(&one, [(Kind::Referral, "r")]);
    let single = |scope: &Scope, id: &str| {
        cache
            .hit::<Single>(&scope.key(Kind::Referral, id.into()))
            .is_some()
    };
    let list = |scope: &Scope| {
        cache
            .hit::<Listing>(&scope.key(Kind::ReferralSnapshot, "all".into()))
            .is_some()
    };
    assert_eq!(
        (single(&one, "r"), single(&one, "s"), list(&one)),
        (false, true, false)
    );
    assert_eq!(
        (single(&other, "r"), single(&other, "s"), list(&other)),
        (true, true, true)
    );
}

#[tokio::test]
async fn every_look_is_counted_as_what_it_was() {
    let (cache, hand) = cache();
    let flights = Flights::new(cache.clone());
    let key = scope("one").key(Kind::Referral, "r".into());
    let (send, answer) = oneshot::channel();
    let (_unused, never) = oneshot::channel();
    let both = async {
        tokio::join!(
            load(&flights, &key, answer),
            load(&flights, &key, never),
            async {
                tokio::task::yield_now().await;
                send.send(1).unwrap();
            }
        )
    };
    both.await.0.unwrap();
    let (_unused, never) = oneshot::channel();
    load(&flights, &key, never).await.unwrap();
    hand.advance(Duration::from_secs(40));
    let (send, answer) = oneshot::channel();
    load(&flights, &key, answer).await.unwrap();
    drop(send);
    let counted = Use::ALL.map(|used| {
        (
            used.name(),
            cache
                .counts(&Workspace::new("one"))
                .get(Vendor::ALL[0], Kind::Referral, used),
        )
    });
    let expected = [
        ("hit", 2),
        ("stale", 0),
        ("miss", 1),
        ("coalesced", 1),
        ("refresh", 1),
    ];
    assert_eq!(counted, expected);
}
