//! A vendor's client: makes calls, one exchange each, and reads again when that is safe and promises something.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use tokio::time::{Instant, timeout_at};
use tracing::{Instrument as _, debug, info, info_span, warn};
use url::Url;

use super::compartment::{Admission, Ending, Refusal};
use super::exchange::Connections;
use super::{Answer, Compartment, Connect, Limits, Request};
use crate::clock::Clock;
use crate::model::Vendor;
use crate::random::Random;
use crate::vendor::breaker::{Circuit, Verdict};
use crate::vendor::error::{Error, Kind, Result};
use crate::vendor::vitals::{RateLimit, Vitals};
use crate::vendor::{Call, backoff, pause};

/// A vendor's client, with its own connections, compartment and vitals.
pub struct Client {
    vendor: Vendor,
    base: Url,
    connections: Connections,
    limits: Limits,
    clock: Clock,
    random: Random,
    classify: fn(&mut Error),
    compartment: Arc<Compartment>,
    vitals: Vitals,
}

impl Client {
    /// A client for the vendor at `base`: an origin, possibly with a path below which the documented paths lie.
    pub fn new(vendor: Vendor, base: Url, connect: &Connect) -> Result<Self> {
        let clock = connect.clock.clone();
        let compartment = Compartment::new(clock.clone(), connect.limits.concurrency);
        let compartment = Arc::new(compartment);
        let vitals = Vitals::default();
        vitals.watch(&compartment);
        Ok(Self {
            vendor,
            base,
            connections: Connections::new(vendor, &connect.limits)?,
            limits: connect.limits,
            clock,
            random: connect.random.clone(),
            classify: |_| {},
            compartment,
            vitals,
        })
    }

    /// With this look at every refusal, for what only this vendor says in this way. What comes of it is what counts.
    pub fn classified_by(mut self, classify: fn(&mut Error)) -> Self {
        self.classify = classify;
        self
    }

    /// How the calls have been going.
    pub fn vitals(&self) -> &Vitals {
        &self.vitals
    }

    /// Whether calls are made at all, for the vitals of another client that needs this one.
    pub fn compartment(&self) -> &Arc<Compartment> {
        &self.compartment
    }

    /// A GET of the path made of these segments; each is encoded by itself.
    pub fn get<'a>(
        &self,
        operation: &'static str,
        segments: impl IntoIterator<Item = &'a str>,
    ) -> Request {
        self.request(operation, Method::GET, segments)
    }

    /// A call of the path made of these segments; each is encoded by itself.
    pub fn request<'a>(
        &self,
        operation: &'static str,
        method: Method,
        segments: impl IntoIterator<Item = &'a str>,
    ) -> Request {
        Request::new(operation, method, &self.base, segments)
    }

    /// A GET of a link that the vendor gave, on the vendor's own origin whatever the link's scheme. `None` for a link
    /// to anywhere else.
    pub fn follow(&self, operation: &'static str, link: &str) -> Option<Request> {
        Request::following(operation, &self.base, link)
    }

    /// Makes the call. Every answer but a 2xx is an error, with the vendor's body kept for whoever can read it.
    pub async fn send(&self, call: &Call, request: Request) -> Result<Answer> {
        // Named here and not taken over from the request: a call outlives the request that began it.
        let span = info_span!(
            "vendor_call",
            vendor = self.vendor.key(),
            operation = request.operation,
            request_id = &*call.request_id
        );
        self.send_and_retry(call, &request).instrument(span).await
    }

    async fn send_and_retry(&self, call: &Call, request: &Request) -> Result<Answer> {
        let mut failed: Option<Error> = None;
        let mut retry = 0;
        loop {
            let Some(outgoing) = request.outgoing() else {
                let detail = "no record can have this id";
                let error = Error::new(self.vendor, request.operation, Kind::NotFound, detail);
                return Err(error.unsent());
            };
            let admission = match self.admit(call, request).await {
                Ok(admission) => admission,
                // What the vendor answered before says more than that it is not asked again.
                Err(refused) => return Err(failed.unwrap_or(refused)),
            };
            if failed.is_none() {
                self.compartment.deposit();
            } else {
                self.vitals.counts().retry();
            }
            let mut error = match self.attempt(call, request, outgoing, admission).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            error.unsent &= failed.is_none_or(|failed| failed.unsent);
            let Some(wait) = self.wait_before_retry(call, request, &error, retry) else {
                return Err(error);
            };
            debug!(wait_ms = whole_millis(wait), "will be retried");
            self.clock.sleep(wait).await;
            failed = Some(error);
            retry += 1;
        }
    }

    /// Not a timeout: it has used up most of what the request has, and a vendor that is slow is not helped by more
    /// calls. Nothing is retried that could not even begin before the deadline.
    fn wait_before_retry(
        &self,
        call: &Call,
        request: &Request,
        error: &Error,
        retry: u32,
    ) -> Option<Duration> {
        if !request.is_read() || retry >= self.limits.retries {
            return None;
        }
        let pause = self.compartment.pause_left();
        let wait = match error.kind {
            Kind::Unavailable => {
                let backoff = backoff::wait_before(retry, self.random.fraction());
                backoff.max(pause.unwrap_or_default())
            }
            Kind::RateLimited => pause?,
            _ => return None,
        };
        let is_short = pause.is_none_or(|pause| pause <= pause::SHORT);
        let fits = Instant::now() + wait < call.deadline;
        (is_short && fits && self.compartment.withdraw()).then_some(wait)
    }

    async fn admit(&self, call: &Call, request: &Request) -> Result<Admission<'_>> {
        let admitted = self.compartment.admit(request.is_read(), call.deadline);
        let refusal = match admitted.await {
            Ok(admission) => return Ok(admission),
            Err(refusal) => refusal,
        };
        let counts = self.vitals.counts();
        let (kind, retry_after, detail) = match refusal {
            Refusal::Open(wait) => {
                counts.refused_by_breaker();
                let detail = "not asked: it failed too often just now";
                (Kind::CircuitOpen, Some(wait), detail)
            }
            Refusal::Paused(paused) => {
                counts.refused_by_pause();
                let detail = "not asked: it wants to be left alone";
                (paused.kind, Some(paused.remaining), detail)
            }
            Refusal::Queue => {
                counts.expired_in_queue();
                let detail = "the request's time was used up before its turn came";
                (Kind::Deadline, None, detail)
            }
        };
        let error = Error {
            retry_after,
            ..Error::new(self.vendor, request.operation, kind, detail)
        };
        debug!(%error, "not sent");
        Err(error.unsent())
    }

    async fn attempt(
        &self,
        call: &Call,
        request: &Request,
        outgoing: reqwest::Request,
        admission: Admission<'_>,
    ) -> Result<Answer> {
        let started = Instant::now();
        let until = call.deadline.min(started + self.limits.timeout);
        let exchange = self.connections.exchange(request.operation, outgoing);
        let exchanged = match timeout_at(until, exchange).await {
            Ok(exchanged) => exchanged,
            Err(_) => Err(self.overdue(request, until == call.deadline)),
        };
        let took = started.elapsed();
        if let Some(date) = exchanged.as_ref().ok().and_then(Answer::date) {
            self.vitals.record_clock(date, self.clock.now());
        }
        let rate_limit = exchanged.as_ref().ok().map(|it| it.rate_limit(&self.clock));
        let mut outcome = exchanged.and_then(|answer| answer.judged(&self.clock));
        if let Err(error) = &mut outcome {
            (self.classify)(error);
        }
        let ending = Ending {
            verdict: self.verdict(&outcome, took),
            told: self.told(&mut outcome, rate_limit.unwrap_or_default()),
        };
        note_circuit(admission.end(ending));
        self.note(&outcome, took);
        if let Some(rate_limit) = rate_limit {
            self.vitals.record_rate_limit(rate_limit);
        }
        let is_no_news = request.is_made_again_when_unauthorized
            && outcome
                .as_ref()
                .is_err_and(|error| error.status == Some(401));
        if ending.verdict != Verdict::Neither && !is_no_news {
            self.vitals.record(is_answered(&outcome), took);
        }
        outcome
    }

    fn overdue(&self, request: &Request, by_deadline: bool) -> Error {
        let (kind, detail) = if by_deadline {
            (Kind::Deadline, "the request's time was used up")
        } else {
            let detail = "no whole answer in the time allowed for one call";
            (Kind::Timeout, detail)
        };
        Error::new(self.vendor, request.operation, kind, detail)
    }

    /// A call that its request gave up says nothing of the vendor, unless it had at least half of the time that any call
    /// may have: where requests have less time than calls, a vendor that hangs would otherwise never be noticed.
    fn verdict(&self, outcome: &Result<Answer>, took: Duration) -> Verdict {
        match outcome.as_ref().map_err(|error| error.kind) {
            Err(Kind::Unavailable | Kind::Timeout) => Verdict::Failure,
            Err(Kind::Deadline) if took >= self.limits.timeout / 2 => Verdict::Failure,
            Err(Kind::Deadline) => Verdict::Neither,
            _ => Verdict::Success,
        }
    }

    /// The pause that an answer asks for. An error is told how long it is.
    fn told(
        &self,
        outcome: &mut Result<Answer>,
        rate_limit: RateLimit,
    ) -> Option<(Duration, Kind)> {
        let forecast = rate_limit.reset_at.and_then(|reset| {
            let wait = reset.duration_since(self.clock.now());
            Some(Duration::try_from(wait).ok()?.min(pause::LONGEST_FORECAST))
        });
        match outcome {
            Err(error) if error.kind == Kind::RateLimited => {
                // None at all, or one that is over by a clock that goes wrong, is no pause that it can have meant.
                let told = error.retry_after.filter(|wait| !wait.is_zero());
                let wait = told.or(forecast).unwrap_or(pause::UNTOLD);
                let wait = wait.min(pause::LONGEST);
                error.retry_after = Some(wait);
                Some((wait, error.kind))
            }
            Err(error) if error.status == Some(503) => Some((error.retry_after?, error.kind)),
            _ if rate_limit.remaining == Some(0) => Some((forecast?, Kind::RateLimited)),
            _ => None,
        }
    }

    fn note(&self, outcome: &Result<Answer>, took: Duration) {
        self.vitals.counts().call(outcome, took);
        let took_ms = whole_millis(took);
        match outcome {
            Ok(answer) => debug!(status = answer.status.as_u16(), took_ms, "answered"),
            Err(error) if is_refusal(error) => debug!(%error, took_ms, "refused"),
            Err(error) => warn!(%error, took_ms, "failed"),
        }
    }
}

fn note_circuit(change: Option<Circuit>) {
    match change {
        Some(Circuit::Open) => warn!("the circuit is open: the vendor is left alone"),
        Some(Circuit::Closed) => info!("the circuit is closed: the vendor answers again"),
        Some(Circuit::HalfOpen) | None => {}
    }
}

/// Whether the vendor answered as it should.
fn is_answered(outcome: &Result<Answer>) -> bool {
    outcome.as_ref().err().is_none_or(is_refusal)
}

/// Whether the vendor refused this one thing, as it may.
fn is_refusal(error: &Error) -> bool {
    matches!(error.kind, Kind::NotFound | Kind::Rejected)
}

fn whole_millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
