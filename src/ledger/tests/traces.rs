//! What a write leaves behind in the gateway: what others are told of it, and what the cache forgets.

use std::sync::Arc;

use super::script::{Answer, Look, VENDOR};
use super::{create, world};
use crate::load::{Began, Kind as Cached, Reading, Record};

#[test]
fn what_other_writes_made_is_told_to_whoever_looks_and_what_stands_in_the_way_is_not() {
    let world = world();
    world.script.writes([
        Answer::Made("made"),
        Answer::Already("before"),
        Answer::InTheWay("stands"),
        Answer::Lost,
    ]);
    world.script.looks([Look::Made("own")]);
    world.life("one", async |gateway| {
        for key in ["made", "before", "stands", "lost"] {
            gateway.ask(key, create(key)).await;
        }
        assert_eq!(world.script.claimed(), ["made"]);
        world.script.writes([Answer::Lost]);
        gateway.ask("next", create("next")).await;
        assert_eq!(world.script.claimed(), ["made", "own"]);
    });
}

struct Kept;

impl Record for Kept {
    const KIND: Cached = Cached::Referral;
    fn weight(&self) -> usize {
        8
    }
}

#[test]
fn the_cache_forgets_what_a_write_touched_also_when_nobody_knows_what_became_of_it() {
    let world = world();
    world.script.writes([Answer::Made("r1"), Answer::Lost]);
    world.script.looks([Look::Never]);
    world.life("one", async |gateway| {
        let registry = gateway.desk.registry();
        let scope = registry.scope(&**registry.adapter(VENDOR).unwrap());
        let (one, list) = (
            scope.key(Cached::Referral, "r1".into()),
            scope.key(Cached::ReferralSnapshot, "all".into()),
        );
        let is_kept = || {
            [&one, &list].map(|key| matches!(registry.cache.get::<Kept>(key), Reading::Current(_)))
        };
        let keep = |began: Began| {
            for key in [&one, &list] {
                registry.cache.put(key, Some(Arc::new(Kept)), began);
            }
        };
        let note = |content: &str| crate::model::Write::AddNote {
            referral: "r1".into(),
            content: content.into(),
        };
        for key in ["answered", "lost"] {
            let before = registry.cache.begin(&scope);
            keep(before);
            assert_eq!(is_kept(), [true, true]);
            gateway.ask(key, note(key)).await;
            assert_eq!(is_kept(), [false, false]);
            keep(before);
            assert_eq!(is_kept(), [false, false], "read before the write");
        }
    });
}
