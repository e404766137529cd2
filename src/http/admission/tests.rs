//! The rules of admission: whatever comes in whatever order, and in a small model of a machine that does one thing at a time.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::FutureExt as _;
use proptest::prelude::*;
use tokio::time::{Instant, advance};

use super::controller::{Arrival, Controller, Lane};
use super::{Admission, Permit, Priority, Shed};
use crate::graphql::stretch::Stretch;
use crate::http::rate::Caller;
use crate::model::Workspace;

const MS: Duration = Duration::from_millis(1);
const TICK: Duration = Duration::from_micros(100);

#[derive(Clone, Debug)]
enum Step {
    Arrive(usize, usize),
    Begin(u64),
    Leave,
    Pass(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..3_usize, 0..3_usize).prop_map(|(lane, caller)| Step::Arrive(lane, caller)),
        2 => (0..20_u64).prop_map(Step::Begin),
        2 => Just(Step::Leave),
        1 => (0..100_u64).prop_map(Step::Pass),
    ]
}

/// What a lane knows of one caller.
#[derive(Clone, Debug, Default)]
struct Known {
    waiting: VecDeque<usize>,
    /// When it began to wait, and when it last had a turn.
    since: usize,
    turn: usize,
}

proptest! {
    #[test]
    fn everyone_works_waits_or_is_shed_and_turns_go_round_in_their_order(
        workers in 1..4_usize,
        steps in prop::collection::vec(step(), 1..400),
    ) {
        let mut now = Instant::now();
        let mut controller = Controller::new(workers, now);
        let mut lanes: [[Known; 3]; 3] = Default::default();
        let mut working = 0;
        for (number, step) in steps.into_iter().enumerate() {
            let waiting = |lane: &[Known; 3]| lane.iter().map(|known| known.waiting.len()).sum::<usize>();
            match step {
                Step::Arrive(lane, caller) => {
                    let free = f64::from(working) + 1.0 <= controller.limit();
                    let nobody_waits = lanes.iter().all(|lane| waiting(lane) == 0);
                    let is_shed = controller.would_shed(Lane::ALL[lane], &caller, now);
                    let arrival = controller.arrive(Lane::ALL[lane], caller, (lane, caller, number), now);
                    prop_assert_eq!(is_shed, arrival == Arrival::Shed);
                    match arrival {
                        Arrival::Admitted => {
                            prop_assert!(nobody_waits);
                            working += 1;
                            prop_assert!(f64::from(working) <= controller.limit());
                        }
                        Arrival::Waits => {
                            let known = &mut lanes[lane][caller];
                            if known.waiting.is_empty() {
                                known.since = number;
                            }
                            known.waiting.push_back(number);
                        }
                        Arrival::Shed => {
                            prop_assert!(!(free && nobody_waits));
                            prop_assert!(lanes[..=lane].iter().map(waiting).sum::<usize>() >= 8);
                        }
                    }
                }
                Step::Begin(lag) => controller.begun(MS * u32::try_from(lag).unwrap(), now),
                Step::Leave if working > 0 => {
                    controller.leave(now);
                    working -= 1;
                    let mut turn = number * 1_000;
                    while let Some((lane, caller, who)) = controller.next(now) {
                        prop_assert_eq!(lanes[lane][caller].waiting.pop_front(), Some(who));
                        prop_assert!(lanes[..lane].iter().all(|lane| waiting(lane) == 0));
                        let last = lanes[lane][caller].turn;
                        // Who has waited since before this caller's last turn has had one since.
                        let others = (0..3).filter(|other| *other != caller);
                        for other in others.map(|other| &lanes[lane][other]) {
                            let has_waited = !other.waiting.is_empty() && other.since * 1_000 < last;
                            prop_assert!(!has_waited || other.turn > last);
                        }
                        turn += 1;
                        lanes[lane][caller].turn = turn;
                        working += 1;
                        prop_assert!(f64::from(working) <= controller.limit());
                    }
                }
                Step::Leave => {}
                Step::Pass(ms) => now += MS * u32::try_from(ms).unwrap(),
            }
            prop_assert_eq!(controller.working(), working);
            prop_assert_eq!(controller.waiting(), lanes.iter().map(waiting).sum::<usize>());
            let workers = f64::from(u32::try_from(workers).unwrap());
            prop_assert!((workers..=workers * 64.0).contains(&controller.limit()));
        }
        // All who work leave, and nobody is forgotten.
        while working > 0 {
            controller.leave(now);
            working -= 1;
            while controller.next(now).is_some() {
                working += 1;
            }
        }
        prop_assert_eq!(controller.waiting(), 0);
    }
}

/// A machine that does one thing at a time, in the order of admission.
struct Machine {
    controller: Controller<&'static str, (Lane, Instant)>,
    now: Instant,
    began: Instant,
    /// What was admitted and has not begun: when it came and when it was admitted.
    admitted: VecDeque<(Lane, Instant, Instant)>,
    /// When what is being done will be.
    busy_until: Option<(Lane, Instant)>,
    done: [u32; 3],
    shed: [u32; 3],
    longest: Duration,
    arrived: f64,
}

impl Machine {
    fn new() -> Self {
        let now = Instant::now();
        Self {
            controller: Controller::new(1, now),
            now,
            began: now,
            admitted: VecDeque::new(),
            busy_until: None,
            done: [0; 3],
            shed: [0; 3],
            longest: Duration::ZERO,
            arrived: 0.0,
        }
    }

    /// For so long: so many a second, each of which takes so long; the lanes take turns.
    fn run(&mut self, time: Duration, per_second: f64, takes: Duration, lanes: &[Lane]) {
        let end = self.now + time;
        while self.now < end {
            self.now += TICK;
            self.arrived += per_second * TICK.as_secs_f64();
            let mut number = 0;
            while self.arrived >= 1.0 {
                self.arrived -= 1.0;
                number += 1;
                let turn = (self.now - self.began).as_micros() as usize / 100 + number;
                self.arrive(lanes[turn % lanes.len()]);
            }
            if let Some((lane, until)) = self.busy_until
                && until <= self.now
            {
                self.done[lane as usize] += 1;
                self.busy_until = None;
                self.controller.leave(self.now);
                while let Some((lane, came)) = self.controller.next(self.now) {
                    self.admitted.push_back((lane, came, self.now));
                }
            }
            if self.busy_until.is_none()
                && let Some((lane, came, admitted)) = self.admitted.pop_front()
            {
                self.controller.begun(self.now - admitted, self.now);
                self.longest = self.longest.max(self.now - came);
                self.busy_until = Some((lane, self.now + takes));
            }
        }
    }

    fn arrive(&mut self, lane: Lane) {
        match self
            .controller
            .arrive(lane, "anyone", (lane, self.now), self.now)
        {
            Arrival::Admitted => self.admitted.push_back((lane, self.now, self.now)),
            Arrival::Waits => {}
            Arrival::Shed => self.shed[lane as usize] += 1,
        }
    }

    /// What was done since this was last asked.
    fn take_done(&mut self) -> [u32; 3] {
        self.longest = Duration::ZERO;
        self.shed = [0; 3];
        std::mem::take(&mut self.done)
    }
}

#[test]
fn at_ten_times_what_it_can_do_the_machine_does_what_it_can_and_nobody_waits_for_long() {
    for takes in [MS / 2, 2 * MS, 10 * MS] {
        let mut machine = Machine::new();
        let capacity = 1.0 / takes.as_secs_f64();
        machine.run(3 * 1000 * MS, capacity * 10.0, takes, &[Lane::Cheap]);
        machine.take_done();
        machine.run(5 * 1000 * MS, capacity * 10.0, takes, &[Lane::Cheap]);
        assert!(
            machine.longest < 2 * Lane::Cheap.patience(),
            "{:?}",
            machine.longest
        );
        let [_, done, _] = machine.take_done();
        assert!(
            f64::from(done) > 0.95 * 5.0 * capacity * 0.9,
            "{takes:?}: {done}"
        );
        if takes > MS {
            assert!(
                machine.controller.limit() < 4.0,
                "{}",
                machine.controller.limit()
            );
        }
    }
}

#[test]
fn two_seconds_after_too_much_nobody_is_shed_any_more() {
    let mut machine = Machine::new();
    let usual = [Lane::Write, Lane::Cheap, Lane::Dear];
    machine.run(5 * 1000 * MS, 5_000.0, 2 * MS, &usual);
    assert!(machine.shed.iter().sum::<u32>() > 1_000);
    machine.run(2 * 1000 * MS, 250.0, 2 * MS, &usual);
    machine.take_done();
    machine.run(5 * 1000 * MS, 250.0, 2 * MS, &usual);
    assert_eq!(machine.shed, [0; 3]);
    assert!(machine.longest < 20 * MS, "{:?}", machine.longest);
}

#[test]
fn writes_go_on_and_cheap_reads_go_on_for_longer_than_dear_ones() {
    let mut machine = Machine::new();
    let all = [Lane::Write, Lane::Cheap, Lane::Dear];
    // A third of it each: writes alone could all be done, and cheap reads beside them.
    machine.run(2 * 1000 * MS, 700.0, 2 * MS, &all);
    machine.take_done();
    machine.run(5 * 1000 * MS, 700.0, 2 * MS, &all);
    let [writes, cheap, dear] = machine.shed;
    assert!(
        writes == 0 && cheap == 0 && dear > 500,
        "{:?}",
        machine.shed
    );
    machine.run(2 * 1000 * MS, 1_400.0, 2 * MS, &all);
    machine.take_done();
    machine.run(5 * 1000 * MS, 1_400.0, 2 * MS, &all);
    let [writes, cheap, dear] = machine.shed;
    assert!(
        writes == 0 && cheap > 500 && dear > 2_000,
        "{:?}",
        machine.shed
    );
}

#[test]
fn a_burst_that_can_be_done_in_time_is_done() {
    let mut machine = Machine::new();
    for _ in 0..200 {
        machine.arrive(Lane::Cheap);
    }
    machine.run(1000 * MS, 0.0, MS, &[Lane::Cheap]);
    assert_eq!((machine.done[1], machine.shed), (200, [0; 3]));
}

#[test]
fn a_caller_that_sends_ten_times_too_much_sheds_its_own_requests_alone() {
    let mut now = Instant::now();
    let mut controller = Controller::new(1, now);
    let mut admitted = VecDeque::new();
    let mut shed = [0; 2];
    let mut longest = [Duration::ZERO; 2];
    // One thing takes a millisecond. One caller sends ten in that time, the other one in ten of them.
    for millisecond in 0..10_000_u32 {
        for (caller, sends) in [(0, 10), (1, u32::from(millisecond % 10 == 0))] {
            for _ in 0..sends {
                match controller.arrive(Lane::Cheap, caller, (caller, now), now) {
                    Arrival::Admitted => admitted.push_back((caller, now, now)),
                    Arrival::Waits => {}
                    Arrival::Shed => shed[caller] += 1,
                }
            }
        }
        if let Some((caller, came, admitted)) = admitted.pop_front() {
            controller.begun(now - admitted, now);
            // What was learnt in the first second is no part of it.
            if millisecond > 1_000 {
                longest[caller] = longest[caller].max(now - came);
            }
            controller.leave(now);
        }
        while let Some((caller, came)) = controller.next(now) {
            admitted.push_back((caller, came, now));
        }
        now += MS;
    }
    assert!(shed[0] > 80_000, "{shed:?}");
    assert_eq!(shed[1], 0);
    assert!(longest[0] > 100 * MS, "{longest:?}");
    assert!(longest[1] <= 20 * MS, "{longest:?}");
}

fn anyone() -> Caller {
    Caller {
        workspace: Workspace::default(),
        name: None,
    }
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

fn all_places(admission: &Admission) -> Vec<Permit> {
    let mut permits = Vec::new();
    while let Some(permit) = admission
        .admit(anyone(), Priority::Read, 1, soon())
        .now_or_never()
    {
        permits.push(permit.unwrap());
    }
    permits
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_something_else_holds_no_place() {
    let admission = Admission::new(1);
    let mut waiting = Vec::new();
    for _ in 0..10_000 {
        let permit = admission
            .admit(anyone(), Priority::Read, 1_000, soon())
            .await
            .unwrap();
        let mut work = Box::pin(permit.work(Stretch::new(), std::future::pending::<()>()));
        assert!(work.as_mut().now_or_never().is_none());
        waiting.push(work);
    }
    assert_eq!(admission.state().controller.working(), 0);
}

#[tokio::test(start_paused = true)]
async fn who_lets_others_have_their_turn_keeps_its_place() {
    let admission = Admission::new(1);
    let permit = admission
        .admit(anyone(), Priority::Read, 1_000, soon())
        .await
        .unwrap();
    let stretch = Stretch::new();
    let lists = stretch.clone();
    let mut work = Box::pin(permit.work(stretch, async move {
        // A first list is put together; the clock has moved once this is begun.
        advance(MS).now_or_never();
        lists.interrupt().await;
        std::future::pending::<()>().await;
    }));
    let working = || admission.state().controller.working();
    for still in [1, 1, 0] {
        assert!(work.as_mut().now_or_never().is_none());
        assert_eq!(working(), still);
    }
}

#[tokio::test(start_paused = true)]
async fn a_place_that_is_freed_goes_to_who_waits_and_a_write_goes_first() {
    let admission = Admission::new(1);
    let mut permits = all_places(&admission);
    let mut read = Box::pin(admission.admit(anyone(), Priority::Read, 1, soon()));
    assert!(read.as_mut().now_or_never().is_none());
    let mut write = Box::pin(admission.admit(anyone(), Priority::Write, 1, soon()));
    assert!(write.as_mut().now_or_never().is_none());
    permits.pop();
    assert!(read.as_mut().now_or_never().is_none());
    let written = write.as_mut().now_or_never();
    drop(written.expect("it is its turn").unwrap());
    assert!(read.as_mut().now_or_never().expect("and then its").is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_place_meant_for_who_has_left_goes_to_the_next() {
    let admission = Admission::new(1);
    let mut permits = all_places(&admission);
    let mut leaving = Box::pin(admission.admit(anyone(), Priority::Read, 1, soon()));
    assert!(leaving.as_mut().now_or_never().is_none());
    let mut late = Box::pin(admission.admit(anyone(), Priority::Read, 1, soon()));
    assert!(late.as_mut().now_or_never().is_none());
    let mut staying = Box::pin(admission.admit(anyone(), Priority::Read, 1, soon()));
    assert!(staying.as_mut().now_or_never().is_none());
    // One leaves before its turn, one after it and before it has heard of it.
    drop(leaving);
    permits.pop();
    drop(late);
    assert!(
        staying
            .as_mut()
            .now_or_never()
            .expect("it is its turn")
            .is_ok()
    );
    drop(permits);
    drop(staying);
    assert_eq!(admission.state().controller.working(), 0);
}

#[tokio::test(start_paused = true)]
async fn who_is_never_given_a_turn_is_shed_after_a_second_or_at_its_deadline() {
    for (deadline, waits) in [(10_000, 1_000), (300, 300)] {
        let admission = Admission::new(1);
        let _permits = all_places(&admission);
        let began = Instant::now();
        let deadline = began + MS * deadline;
        let admitted = admission
            .admit(anyone(), Priority::Write, 1, deadline)
            .await;
        assert_eq!(admitted.err(), Some(Shed));
        assert_eq!(began.elapsed(), MS * waits);
    }
}

#[tokio::test(start_paused = true)]
async fn work_that_panics_frees_its_place() {
    let admission = Admission::new(1);
    let permit = admission
        .admit(anyone(), Priority::Read, 1, soon())
        .await
        .unwrap();
    let work = permit.work(Stretch::new(), async { panic!("a mistake") });
    assert!(tokio::spawn(work).await.is_err());
    assert_eq!(admission.state().controller.working(), 0);
}
