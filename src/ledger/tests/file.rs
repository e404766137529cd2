//! What is in the ledger's file, for how long, and what becomes of writes when it cannot be used.

use std::sync::Arc;

use tokio::sync::Notify;

use super::script::{Answer, Came, Look};
use super::{OperationState, RULES, World, create, outcome, world};
use crate::ledger::Store;
use crate::model::WriteOutcome;
use crate::vendor::Kind;

const MARKER: &str = "Ada-Lovelace-of-Ockham";

/// In which of the ledger's files a text stands.
fn found_in(world: &World, text: &str) -> Vec<String> {
    let files = std::fs::read_dir(world.folder.path()).unwrap();
    let files = files.map(|file| file.unwrap().path());
    let has_it = |path: &std::path::PathBuf| {
        let bytes = std::fs::read(path).unwrap();
        bytes.windows(text.len()).any(|it| it == text.as_bytes())
    };
    let names = files
        .filter(|path| path.is_file() && has_it(path))
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned());
    names.collect()
}

#[test]
fn what_was_written_is_gone_from_the_file_once_it_is_settled() {
    let world = world();
    world.script.writes([Answer::Lost]);
    world.script.looks([Look::Never]);
    world.life("one", async |gateway| {
        gateway.ask("key", create(MARKER)).await;
        assert!(
            !found_in(&world, MARKER).is_empty(),
            "it is needed for as long"
        );
        gateway.desk.expire().await;
        assert!(!found_in(&world, MARKER).is_empty());
    });
    world.script.looks([Look::Made("r1")]);
    world.life("two", async |gateway| {
        gateway.settled("key").await;
        gateway.desk.expire().await;
        assert_eq!(found_in(&world, MARKER), Vec::<String>::new());
        let again = gateway.ask("key", create(MARKER)).await;
        assert_eq!(outcome(&again), WriteOutcome::Applied);
    });
}

#[test]
fn an_answer_is_kept_for_so_long_and_then_all_of_it_is_gone() {
    let world = world();
    world
        .script
        .writes([Answer::Made(MARKER), Answer::Made("r2")]);
    world.life("one", async |gateway| {
        gateway.ask("a-key-of-the-caller", create("a")).await;
        world.hand.advance(RULES.kept.mul_f64(0.999));
        gateway.desk.expire().await;
        let again = gateway.ask("a-key-of-the-caller", create("a")).await;
        assert!(again.is_repeated);
        assert!(!found_in(&world, MARKER).is_empty());
        world.hand.advance(RULES.kept.mul_f64(0.002));
        gateway.desk.expire().await;
        assert_eq!(found_in(&world, MARKER), Vec::<String>::new());
        assert!(found_in(&world, "a-key-of-the-caller").is_empty());
        let anew = gateway.ask("a-key-of-the-caller", create("a")).await;
        assert!(!anew.is_repeated);
    });
    assert_eq!(world.script.sends(), 2);
}

#[test]
fn what_is_not_settled_is_never_forgotten() {
    let world = world();
    world.script.writes([Answer::Lost]);
    world.script.looks([Look::Never]);
    world.life("one", async |gateway| {
        gateway.ask("key", create("a")).await;
        world.hand.advance(RULES.kept * 2);
        gateway.desk.expire().await;
        assert_eq!(gateway.state("key").await, Some(OperationState::Unknown));
    });
}

#[test]
fn a_write_has_the_same_reference_after_a_restart() {
    let world = world();
    world.script.writes([Answer::Never, Answer::Made("r1")]);
    world.script.looks([Look::SendAgain]);
    world.life("one", async |gateway| {
        gateway.ask("key", create("a")).await;
    });
    world.life("two", async |gateway| {
        gateway.settled("key").await;
    });
    let sent = world.script.written();
    assert_eq!(sent[0].1.reference, sent[1].1.reference);
    assert_eq!(sent[0].1.since, sent[1].1.since);
}

#[cfg(unix)]
#[test]
fn only_whoever_runs_the_gateway_may_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = world();
    world.script.writes([Answer::Made("r1")]);
    world.life("one", async |gateway| {
        gateway.ask("key", create("a")).await;
        for name in ["ledger.sqlite", "ledger.sqlite-wal"] {
            let file = std::fs::metadata(world.folder.path().join(name)).unwrap();
            assert_eq!(file.permissions().mode() & 0o077, 0, "{name}");
        }
    });
}

#[test]
fn a_ledger_in_memory_works_too() {
    let store = Store::in_memory("one").unwrap();
    let nothing = store.find(&crate::model::Workspace::new("test"), "key");
    assert!(nothing.unwrap().is_none());
}

#[test]
fn nothing_is_sent_that_cannot_be_recorded() {
    let world = world();
    world.script.writes([Answer::Made("r1")]);
    world.life("one", async |gateway| {
        let file = world.store();
        let full = "CREATE TRIGGER full BEFORE INSERT ON steps BEGIN SELECT RAISE(ABORT, ''); END";
        file.tamper(full);
        assert_eq!(gateway.refused("key", create("a")).await, "broken");
        assert_eq!(world.script.sends(), 0);
        file.tamper("DROP TRIGGER full");
        gateway.ask("key", create("a")).await;
        assert_eq!(world.script.sends(), 1);
    });
}

#[test]
fn what_cannot_be_written_down_is_not_told() {
    let full = [
        (
            "UPDATE ON steps",
            Answer::Status(422, Kind::Rejected),
            Some(OperationState::Rejected),
        ),
        (
            "DELETE ON operations",
            Answer::Unsent(Kind::CircuitOpen),
            None,
        ),
    ];
    for (change, answer, end) in full {
        let world = world();
        let gate = Arc::new(Notify::new());
        world
            .script
            .writes([Answer::After(gate.clone(), Box::new(answer))]);
        world.life("one", async |gateway| {
            let file = world.store();
            let trigger =
                format!("CREATE TRIGGER full BEFORE {change} BEGIN SELECT RAISE(ABORT, ''); END");
            file.tamper(&trigger);
            let ask = async {
                let steps = vec![(super::script::VENDOR, create("a"))];
                let answered = gateway.submit(Some("key"), steps).await;
                answered.map_err(super::why).map(|it| it.operation.state())
            };
            let mend = async {
                world.script.came_to(1).await;
                gate.notify_one();
                for _ in 0..100 {
                    tokio::task::yield_now().await;
                }
                let state = gateway.state("key").await;
                assert_eq!(state, Some(OperationState::Sending));
                file.tamper("DROP TRIGGER full");
            };
            let (answered, ()) = tokio::join!(ask, mend);
            assert_eq!(answered, end.ok_or("not sent"));
            assert_eq!(gateway.state("key").await, end);
        });
        assert_eq!(world.script.came(), [Came::Write(false)]);
    }
}

#[test]
fn one_write_that_cannot_be_read_does_not_hold_up_the_others() {
    let world = world();
    world.script.writes([Answer::Never]);
    world.script.looks([Look::Made("r1")]);
    world.life("one", async |gateway| {
        gateway.ask("odd", create("a")).await;
        gateway.ask("sound", create("b")).await;
    });
    let odd = "UPDATE steps SET write = '{}' WHERE operation = 1";
    assert_eq!(world.store().tamper(odd), 1);
    world.life("two", async |gateway| {
        assert_eq!(gateway.settled("sound").await, OperationState::Confirmed);
        assert_eq!(gateway.refused("odd", create("a")).await, "broken");
    });
    assert_eq!(world.script.sends(), 2);
}
