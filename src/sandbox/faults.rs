//! Faults on demand: which requests of a vendor meet one. Which kinds there are is in `kind`.

use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use super::change::Dice;
use super::kind::Kind;

/// Where, when and how a vendor fails.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The mount name of the vendor.
    pub vendor: String,
    /// Only requests with this method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Only requests with this path, without the mount point. A segment `*` stands for any one segment, a `*` at the
    /// end for any rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// So many requests fail, then the fault is gone. Without it, all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// So many matching requests pass first.
    #[serde(default)]
    pub after: u32,
    /// Of the matching requests one in so many fails, at random; without it, each. What a request that passes so meets
    /// next is up to the faults after this one, so that several of them make a bad day of several kinds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_in: Option<u32>,
    /// What the randomness of `one_in` follows from: with the same faults in force, the same seeds and the requests in
    /// the same order, the same ones fail.
    #[serde(default)]
    pub seed: u64,
    /// What happens.
    pub answer: Kind,
}

/// A vendor has no more referrals than this, however it came to them: they are kept in memory.
pub(super) const MAX_ROWS: usize = 100_000;

/// The faults in force, first come, first applied.
#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<Vec<Active>>);

/// A fault in force.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Active {
    #[serde(flatten)]
    fault: Fault,
    /// Matching requests that passed because of `after`.
    passed: u32,
    /// Requests that failed.
    met: u32,
    #[serde(skip)]
    dice: Dice,
}

impl Fault {
    /// A fault that every request of the vendor meets, for struct update syntax:
    /// `Fault { times: Some(1), ..Fault::new("plannr", Kind::Hang) }`.
    pub fn new(vendor: &str, answer: Kind) -> Self {
        Self {
            vendor: vendor.to_owned(),
            method: None,
            path: None,
            times: None,
            after: 0,
            one_in: None,
            seed: 0,
            answer,
        }
    }

    /// Whether it can be applied at all; the error says why not. The vendor is not looked at.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.times == Some(0) {
            return Err("times must be at least 1; leave it out for no end".to_owned());
        }
        if self.one_in == Some(0) {
            return Err("one_in must be at least 1; leave it out for every request".to_owned());
        }
        if let Some(path) = &self.path
            && !path.starts_with('/')
        {
            return Err(format!("path {path:?} must start with a slash"));
        }
        match &self.answer {
            Kind::Html { status } | Kind::StatusAfter { status } => check_status(*status),
            Kind::WrongContentType { content_type } => check_value("content_type", content_type),
            Kind::SlowDrip { bytes: 0, .. } => Err("bytes must be at least 1".to_owned()),
            Kind::RowsAdded { count, .. } if *count > MAX_ROWS => Err(too_many_rows()),
            Kind::Status {
                status,
                content_type,
                headers,
                ..
            } => {
                check_status(*status)?;
                if let Some(content_type) = content_type {
                    check_value("content_type", content_type)?;
                }
                for (name, value) in headers {
                    if HeaderName::from_bytes(name.as_bytes()).is_err() {
                        return Err(format!("{name:?} is not a header name"));
                    }
                    check_value(name, value)?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn matches(&self, vendor: &str, method: &str, path: &str) -> bool {
        self.vendor == vendor
            && self
                .method
                .as_ref()
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && self
                .path
                .as_ref()
                .is_none_or(|pattern| path_matches(pattern, path))
    }
}

impl Faults {
    /// Puts a fault in force, after those that are.
    pub(super) fn add(&self, fault: Fault) -> Result<(), String> {
        fault.check()?;
        let mut active = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Faults of the same seed must not all spare and hit the same requests.
        let purpose = format!("fault/{}", active.len());
        active.push(Active {
            dice: Dice::new(fault.seed, &purpose),
            fault,
            passed: 0,
            met: 0,
        });
        Ok(())
    }

    /// The fault that a request meets, counted as met.
    pub(super) fn take(&self, vendor: &str, method: &str, path: &str) -> Option<Kind> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = None;
        for (index, active) in all.iter_mut().enumerate() {
            if !active.fault.matches(vendor, method, path) {
                continue;
            }
            if active.passed < active.fault.after {
                active.passed += 1;
                continue;
            }
            if let Some(sides) = active.fault.one_in
                && active.dice.below(sides as usize) != 0
            {
                continue;
            }
            active.met += 1;
            found = Some(index);
            break;
        }
        let index = found?;
        let kind = all[index].fault.answer.clone();
        if all[index].fault.times == Some(all[index].met) {
            all.remove(index);
        }
        Some(kind)
    }

    /// Those in force.
    pub(super) fn all(&self) -> Vec<Active> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Ends all.
    pub(super) fn clear(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

fn path_matches(pattern: &str, path: &str) -> bool {
    let mut path_segments = path.split('/');
    let mut pattern_segments = pattern.split('/').peekable();
    while let Some(wanted) = pattern_segments.next() {
        let Some(segment) = path_segments.next() else {
            return false;
        };
        let is_last = pattern_segments.peek().is_none();
        if is_last && let Some(start) = wanted.strip_suffix('*') {
            return segment.starts_with(start);
        }
        if wanted != "*" && wanted != segment {
            return false;
        }
    }
    path_segments.next().is_none()
}

/// A sentence on a world that would be too large.
pub(super) fn too_many_rows() -> String {
    format!("count must be at most {MAX_ROWS}")
}

fn check_status(status: u16) -> Result<(), String> {
    // The HTTP stack sends 1xx by itself or not at all.
    if (200..=999).contains(&status) {
        return Ok(());
    }
    Err(format!("status {status} is not between 200 and 999"))
}

fn check_value(name: &str, value: &str) -> Result<(), String> {
    match HeaderValue::from_str(value) {
        Ok(_) => Ok(()),
        Err(_) => Err(format!("the value of {name} cannot stand in a header")),
    }
}
