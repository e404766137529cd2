//! Faults that tell the client nothing of a write that is carried out all the same, and faults at random.

use pretty_assertions::assert_eq;

use super::*;

/// An undocumented parameter leaves a note in the log as soon as the request is handled.
const NOTED: &str = "/introzy/api/people?nonsense=1";

fn handled(sandbox: &Sandbox) -> usize {
    let requests = sandbox.requests("introzy");
    requests.iter().map(|logged| logged.problems.len()).sum()
}

/// Sends a request and gives up on it after that time.
async fn impatient(router: &Router, ms: u64) -> Option<Answer> {
    let patience = Duration::from_millis(ms);
    tokio::time::timeout(patience, introzy(router, NOTED))
        .await
        .ok()
}

#[tokio::test(start_paused = true)]
async fn a_late_commit_drops_the_connection_at_once_and_is_handled_later() {
    let (sandbox, router) = sandbox();
    sandbox.fault(Fault::new("introzy", Kind::CommitLate { ms: 1_000 }));
    let start = tokio::time::Instant::now();
    assert!(introzy(&router, NOTED).await.bytes.is_none());
    assert_eq!((start.elapsed().as_millis(), handled(&sandbox)), (0, 0));
    tokio::time::sleep(Duration::from_millis(999)).await;
    assert_eq!(handled(&sandbox), 0);
    tokio::time::sleep(Duration::from_millis(2)).await;
    assert_eq!(handled(&sandbox), 1);
    let logged = &sandbox.requests("introzy")[0];
    assert_eq!((logged.status, logged.fault), (None, Some("commit_late")));
    assert_eq!(on_the_wire(Kind::CommitLate { ms: 1 }).await, b"");
}

#[tokio::test(start_paused = true)]
async fn a_commit_that_is_still_to_come_at_a_reset_never_comes() {
    let (sandbox, router) = sandbox();
    for kind in [Kind::CommitLate { ms: 50 }, Kind::SlowCommit { ms: 50 }] {
        sandbox.fault(Fault::new("introzy", kind));
        let late = impatient(&router, 10).await;
        assert!(late.is_none_or(|answer| answer.bytes.is_none()));
        let before = sandbox.requests("introzy").remove(0);
        sandbox.reset();
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(before.problems.is_empty());
        assert_eq!(introzy(&router, LIST).await.status, 200);
    }
}

#[tokio::test]
async fn a_status_after_the_commit_is_a_page_in_place_of_the_answer() {
    let (sandbox, router) = sandbox();
    for (status, kind) in [
        (502, json!({ "kind": "status_after" })),
        (500, json!({ "kind": "status_after", "status": 500 })),
    ] {
        sandbox.reset();
        let fault = json!({ "vendor": "introzy", "answer": kind });
        control(&router, "POST", "/_sandbox/faults", &fault).await;
        let answer = introzy(&router, NOTED).await;
        assert_eq!((answer.status.as_u16(), handled(&sandbox)), (status, 1));
        assert_eq!(answer.headers["content-type"], "text/html; charset=UTF-8");
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_commit_answers_late_and_is_handled_when_the_client_has_gone() {
    let (sandbox, router) = sandbox();
    sandbox.fault(Fault::new("introzy", Kind::SlowCommit { ms: 500 }));
    let start = tokio::time::Instant::now();
    assert_eq!(introzy(&router, NOTED).await.json["success"], true);
    assert_eq!(start.elapsed().as_millis(), 500);

    assert!(impatient(&router, 100).await.is_none());
    assert_eq!(handled(&sandbox), 1);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(handled(&sandbox), 2);

    sandbox.clear_faults();
    sandbox.fault(Fault::new("introzy", Kind::Delay { ms: 500 }));
    assert!(impatient(&router, 100).await.is_none());
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(handled(&sandbox), 2);
}

#[tokio::test]
async fn a_part_of_the_requests_fails_at_random_and_the_same_ones_every_time() {
    let outcomes = async |seed: u64| {
        let (sandbox, router) = sandbox();
        for status in [500, 502, 503] {
            sandbox.fault(Fault {
                one_in: Some(10),
                seed,
                ..Fault::new("introzy", Kind::status(status))
            });
        }
        let mut statuses = Vec::new();
        for _ in 0..600 {
            statuses.push(introzy(&router, LIST).await.status.as_u16());
        }
        statuses
    };
    let first = outcomes(1).await;
    for status in [500, 502, 503] {
        let count = first.iter().filter(|one| **one == status).count();
        assert!((35..=85).contains(&count), "{status}: {count}");
    }
    assert_eq!(outcomes(1).await, first);
    assert_ne!(outcomes(2).await, first);
}

#[tokio::test]
async fn a_fault_at_random_counts_only_those_it_hits() {
    let (sandbox, router) = sandbox();
    sandbox.fault(Fault {
        one_in: Some(4),
        times: Some(3),
        ..Fault::new("introzy", Kind::status(500))
    });
    let mut failed = 0;
    for _ in 0..100 {
        failed += u32::from(introzy(&router, LIST).await.status == 500);
    }
    assert_eq!(failed, 3);
    let problem = sandbox.try_fault(Fault {
        one_in: Some(0),
        ..Fault::new("introzy", Kind::Hang)
    });
    assert!(
        problem
            .unwrap_err()
            .starts_with("one_in must be at least 1")
    );
}
