//! Whatever the vendor does, and whenever the gateway ends: no write takes effect twice, every write ends, and what is said
//! of it is so.

use std::sync::Arc;

use futures_util::future::join_all;
use proptest::prelude::*;

use super::ideal::{Fate, Ideal, Sight};
use super::script::VENDOR;
use super::{OperationState, World, create, on_a_runtime, world};
use crate::ledger::carry_out::reference;
use crate::model::{Workspace, WriteOutcome};
use crate::vendor::Adapter;

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        2 => Just(Fate::Answered),
        3 => Just(Fate::AppliedAndNotAnswered),
        4 => Just(Fate::Lost),
        2 => (1..30_u64).prop_map(Fate::Late),
        1 => Just(Fate::Refused),
        2 => Just(Fate::Unsent),
        1 => Just(Fate::TooMany),
        3 => any::<bool>().prop_map(|is_applied| Fate::Ends { is_applied }),
    ]
}

fn sight() -> impl Strategy<Value = Sight> {
    prop_oneof![
        4 => Just(Sight::Clear),
        2 => Just(Sight::Down),
        2 => Just(Sight::Ends),
    ]
}

/// What is asked for: contents, and whether it comes with a key.
type Asked = Vec<(u8, bool)>;

/// Asks for everything in each life of the gateway, until one does not end.
fn live(world: &World, vendor: &Arc<Ideal>, asked: &Asked, asks_again: bool) {
    let adapters: [Arc<dyn Adapter>; 1] = [vendor.clone()];
    for life in 0.. {
        let has_ended = on_a_runtime(async || {
            let gateway = world.process_over(&format!("life-{life}"), &adapters);
            gateway.desk.resume().await;
            let all = async {
                if life == 0 || asks_again {
                    join_all(asked.iter().enumerate().map(async |(place, asked)| {
                        let key = asked.1.then(|| format!("key-{place}"));
                        if life > 0 && key.is_none() {
                            return;
                        }
                        let write = create(&asked.0.to_string());
                        let steps = vec![(VENDOR, write)];
                        // Whatever is told, it is checked at the end.
                        let _told = gateway.submit(key.as_deref(), steps).await;
                    }))
                    .await;
                }
                for key in world.store().keys() {
                    let is_open = async || {
                        let found = gateway.desk.find(&key).await.unwrap();
                        found.is_some_and(|operation| !operation.is_settled())
                    };
                    while is_open().await {
                        super::a_moment().await;
                    }
                }
            };
            tokio::select! {
                () = vendor.ends.notified() => true,
                () = all => false,
            }
        });
        if !has_ended {
            return;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn nothing_takes_effect_twice_everything_ends_and_what_is_said_of_it_is_so(
        asked in prop::collection::vec((0..2_u8, prop::bool::weighted(0.7)), 1..4),
        fates in prop::collection::vec(fate(), 0..10),
        sights in prop::collection::vec(sight(), 0..10),
        asks_again in any::<bool>(),
    ) {
        let world = world();
        let vendor = Arc::new(Ideal::new(world.clock.clone(), fates, sights));
        live(&world, &vendor, &asked, asks_again);
        let mut made = vendor.made();
        let store = world.store();
        let workspace = Workspace::new("test");
        for key in store.keys() {
            let operation = store.find(&workspace, &key).unwrap().unwrap();
            let reference = reference(&workspace, &operation, 0);
            let by_it = made.extract_if(.., |it| it.by == reference);
            let by_it: Vec<_> = by_it.map(|it| it.id).collect();
            prop_assert!(by_it.len() <= 1, "{key} took effect twice");
            let step = &operation.steps[0];
            match operation.state() {
                OperationState::Confirmed => {
                    prop_assert_eq!(step.outcome(), WriteOutcome::Applied);
                    prop_assert_eq!(step.answer.referral.as_ref(), by_it.first());
                }
                OperationState::Rejected => prop_assert!(by_it.is_empty(), "{key} took effect"),
                OperationState::NeedsReview => {}
                other => prop_assert!(false, "{key} has not ended: {other:?}"),
            }
        }
        // What the ledger does not know of was told not to have been sent.
        prop_assert!(made.is_empty(), "something took effect that nobody knows of");
    }
}
