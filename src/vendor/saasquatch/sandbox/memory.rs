//! What the emulator remembers: users by their ids and codes, and referrals.

use std::collections::HashMap;
use std::sync::OnceLock;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::seed::{self, Seed};

/// The users and referrals of the tenant.
pub(super) struct Memory {
    pub(super) users: Users,
    /// Newest first.
    pub(super) referrals: Vec<Record>,
    /// How many referrals there have been.
    pub(super) made: u32,
}

/// All users, oldest first.
#[derive(Default)]
pub(super) struct Users {
    rows: Vec<User>,
    by_key: HashMap<UserKey, usize>,
    by_code: HashMap<String, usize>,
    /// How many users an account has.
    accounts: HashMap<String, usize>,
}

/// One user.
#[derive(Clone)]
pub(super) struct User {
    /// As the endpoints for servers show them.
    pub(super) shown: Value,
    /// What only the open endpoints show, where it is not as of any user.
    pub(super) open: Map<String, Value>,
}

/// A user is told from others by both ids.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct UserKey {
    pub(super) account: String,
    pub(super) user: String,
}

/// A referral and between whom it is. The users' ids stay when the users are deleted.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) seed: Seed,
    pub(super) referrer: UserKey,
    pub(super) referred: UserKey,
    /// When it comes to light, if that is not at once.
    pub(super) appears: Option<Timestamp>,
    /// Whether it says more than the seed does, because of a write.
    is_changed: bool,
    /// In a large world most are never looked at, so each is written out when it first is.
    written: OnceLock<Value>,
}

impl Memory {
    /// The seeded world with so many referrals.
    pub(super) fn seeded(referrals: u32) -> Self {
        let mut users = Users::default();
        for shown in seed::users() {
            let open = Map::new();
            users.put(User { shown, open });
        }
        Self {
            users,
            referrals: seed::referrals(referrals),
            made: referrals,
        }
    }

    pub(super) fn user(&self, key: &UserKey) -> Option<&Value> {
        self.users.get(key).map(|user| &user.shown)
    }

    pub(super) fn user_with_code(&self, code: &str) -> Option<&Value> {
        self.users.with_code(code).map(|user| &user.shown)
    }
}

impl Users {
    pub(super) fn all(&self) -> impl Iterator<Item = &Value> {
        self.rows.iter().map(|user| &user.shown)
    }

    pub(super) fn get(&self, key: &UserKey) -> Option<&User> {
        self.by_key.get(key).map(|index| &self.rows[*index])
    }

    pub(super) fn with_code(&self, code: &str) -> Option<&User> {
        self.by_code.get(code).map(|index| &self.rows[*index])
    }

    /// How many users the account has.
    pub(super) fn of_account(&self, account: &str) -> usize {
        self.accounts.get(account).copied().unwrap_or_default()
    }

    /// Adds a user, or replaces the one with the same ids.
    pub(super) fn put(&mut self, user: User) {
        let key = UserKey::of(&user.shown);
        let code = user.shown["referralCode"].as_str().unwrap_or_default();
        let code = code.to_owned();
        let index = if let Some(index) = self.by_key.get(&key).copied() {
            let before = std::mem::replace(&mut self.rows[index], user);
            let code = before.shown["referralCode"].as_str().unwrap_or_default();
            self.by_code.remove(code);
            index
        } else {
            *self.accounts.entry(key.account.clone()).or_default() += 1;
            self.rows.push(user);
            self.by_key.insert(key, self.rows.len() - 1);
            self.rows.len() - 1
        };
        self.by_code.insert(code, index);
    }
}

impl Record {
    /// One that says what its seed does.
    #[expect(clippy::similar_names, reason = "the vendor's words for the two sides")]
    pub(super) fn seeded(seed: Seed, referrer: UserKey, referred: UserKey) -> Self {
        Self {
            seed,
            referrer,
            referred,
            appears: None,
            is_changed: false,
            written: OnceLock::new(),
        }
    }

    /// As the vendor writes it, without its users.
    pub(super) fn referral(&self) -> &Value {
        self.written
            .get_or_init(|| seed::referral(self.seed, &self.referrer, &self.referred))
    }

    /// What the referral says from now on.
    pub(super) fn rewrite(&mut self, referral: Value) {
        self.is_changed = true;
        self.written = OnceLock::from(referral);
    }

    /// The same at other times.
    pub(super) fn at(self, started: Timestamp, modified: Option<Timestamp>) -> Self {
        let seed = self.seed.at(started, modified);
        if !self.is_changed {
            return seed::record(seed);
        }
        let mut referral = self.referral().clone();
        referral["dateReferralStarted"] = json!(started.as_millisecond());
        referral["dateModified"] = json!(modified.map(Timestamp::as_millisecond));
        let mut record = Self { seed, ..self };
        record.rewrite(referral);
        record
    }
}

impl UserKey {
    pub(super) fn of(user: &Value) -> Self {
        let text = |name: &str| user[name].as_str().unwrap_or_default().to_owned();
        Self {
            account: text("accountId"),
            user: text("id"),
        }
    }
}
