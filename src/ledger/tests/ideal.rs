//! A vendor whose every answer may be lost, late or wrong, and that does what it was asked nevertheless, or does not.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::Notify;

use super::script::VENDOR;
use crate::clock::Clock;
use crate::model::Write;
use crate::model::{Capability, Order, Problem, ProblemCode, Referral, ReferralFilter, Vendor};
use crate::vendor::write::before_sending;
use crate::vendor::{Adapter, Call, Effect, Error, Kind, Native, Page, Plan, Position, Rejection};
use crate::vendor::{Result, Sent, Settled, Vitals, Written};

/// What becomes of a call that writes.
#[derive(Clone, Debug)]
pub(super) enum Fate {
    Answered,
    AppliedAndNotAnswered,
    Lost,
    /// It takes effect after so many seconds, and is not answered.
    Late(u64),
    Refused,
    Unsent,
    TooMany,
    /// The gateway ends while it waits.
    Ends {
        is_applied: bool,
    },
}

/// What becomes of a call that looks.
#[derive(Clone, Debug)]
pub(super) enum Sight {
    Clear,
    Down,
    /// The gateway ends while it waits.
    Ends,
}

/// Something that a write made, and which.
pub(super) struct Made {
    content: String,
    pub(super) id: String,
    at: Timestamp,
    pub(super) by: String,
}

/// A vendor that keeps no reference of ours: what a write made is known by its content and time.
pub(super) struct Ideal {
    vitals: Vitals,
    clock: Clock,
    fates: Mutex<VecDeque<Fate>>,
    sights: Mutex<VecDeque<Sight>>,
    made: Mutex<Vec<Made>>,
    /// Tells when the gateway is to end.
    pub(super) ends: Notify,
}

impl Ideal {
    /// With these fates for the first calls. After them, everything goes well.
    pub(super) fn new(clock: Clock, fates: Vec<Fate>, sights: Vec<Sight>) -> Self {
        Self {
            vitals: Vitals::default(),
            clock,
            fates: Mutex::new(fates.into()),
            sights: Mutex::new(sights.into()),
            made: Mutex::default(),
            ends: Notify::new(),
        }
    }

    /// Everything that was made.
    pub(super) fn made(&self) -> Vec<Made> {
        std::mem::take(&mut *self.made.lock().unwrap())
    }

    fn make(&self, write: &Write, sent: &Sent, after: u64) -> String {
        let mut made = self.made.lock().unwrap();
        let id = format!("r{}", made.len());
        let now = self.clock.now();
        made.push(Made {
            content: content(write),
            id: id.clone(),
            at: now.checked_add(Duration::from_secs(after)).unwrap(),
            by: sent.reference.clone(),
        });
        id
    }

    /// What has the content of this write, is no older, and is there by now.
    fn matches(&self, write: &Write, sent: &Sent) -> Vec<String> {
        let made = self.made.lock().unwrap();
        let matches = made.iter().filter(|it| {
            it.content == content(write)
                && (sent.since..=self.clock.now()).contains(&it.at)
                && !sent.claimed.contains(&it.id)
        });
        matches.map(|it| it.id.clone()).collect()
    }

    async fn end(&self) -> ! {
        self.ends.notify_one();
        std::future::pending().await
    }
}

fn content(write: &Write) -> String {
    match write {
        Write::Create { input } => input.to_string(),
        _ => String::new(),
    }
}

fn failed(kind: Kind) -> Error {
    Error::new(VENDOR, "test", kind, "on purpose")
}

#[async_trait]
impl Adapter for Ideal {
    fn vendor(&self) -> Vendor {
        VENDOR
    }

    fn capabilities(&self) -> &'static [Capability] {
        &[]
    }

    fn vitals(&self) -> &Vitals {
        &self.vitals
    }

    fn plan_referrals(&self, _filter: &ReferralFilter, _order: Order) -> Plan {
        Plan::RuledOut
    }

    async fn referrals(
        &self,
        _call: &Call,
        _native: &Native,
        _position: Option<&Position>,
    ) -> Result<Page<Referral>> {
        Err(failed(Kind::Unsupported))
    }

    async fn referral(&self, _call: &Call, _id: &str) -> Result<Option<Referral>> {
        Ok(None)
    }

    fn twin_of(&self, write: &Write) -> Option<String> {
        Some(content(write))
    }

    async fn write(&self, _call: &Call, write: &Write, sent: &Sent) -> Result<Written> {
        let fate = self.fates.lock().unwrap().pop_front();
        match fate.unwrap_or(Fate::Answered) {
            Fate::Answered => {
                let id = self.make(write, sent, 0);
                Ok(Written::Applied(Box::new(Effect::on(&id))))
            }
            Fate::AppliedAndNotAnswered => {
                self.make(write, sent, 0);
                Err(failed(Kind::Timeout))
            }
            Fate::Lost => Err(failed(Kind::Timeout)),
            Fate::Late(seconds) => {
                self.make(write, sent, seconds);
                Err(failed(Kind::Unavailable))
            }
            Fate::Refused if sent.is_repeated => {
                let mut error = failed(Kind::Rejected);
                error.status = Some(422);
                Err(error)
            }
            Fate::Refused => {
                let problem = Problem::new(ProblemCode::Invalid, "It is refused.");
                Ok(Written::Rejected(Rejection::of(problem)))
            }
            Fate::Unsent => Err(before_sending(failed(Kind::Unavailable))),
            Fate::TooMany => Err(failed(Kind::RateLimited)),
            Fate::Ends { is_applied } => {
                if is_applied {
                    self.make(write, sent, 0);
                }
                self.end().await
            }
        }
    }

    async fn settle(&self, _call: &Call, write: &Write, sent: &Sent) -> Result<Settled> {
        let sight = self.sights.lock().unwrap().pop_front();
        match sight.unwrap_or(Sight::Clear) {
            Sight::Down => return Err(failed(Kind::Unavailable)),
            Sight::Ends => self.end().await,
            Sight::Clear => {}
        }
        let matches = self.matches(write, sent);
        Ok(match &matches[..] {
            [] => Settled::Absent {
                may_be_sent_again: true,
            },
            [one] => Settled::Applied(Box::new(Effect::on(one))),
            _ => Settled::Ambiguous,
        })
    }

    async fn check(&self, _call: &Call) -> Result<String> {
        Ok(String::new())
    }
}
