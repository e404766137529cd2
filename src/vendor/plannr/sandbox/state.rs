//! What the emulator remembers: its records, and what becomes of them with time.

use std::collections::HashMap;
use std::ops::Range;

use jiff::Timestamp;
use uuid::Uuid;

use super::records::{Account, Connection, Login, Referral};
use super::seed;
use crate::sandbox::world;

#[derive(Debug)]
pub(super) struct State {
    pub(super) accounts: Vec<Account>,
    /// Where in the accounts each is.
    pub(super) places: HashMap<Uuid, usize>,
    pub(super) logins: Vec<Login>,
    pub(super) connections: Vec<Connection>,
    /// The own firm's, newest first; then those between others.
    pub(super) referrals: Vec<Referral>,
    /// How many are between others.
    pub(super) foreign: usize,
    /// How many of the own firm's there have been.
    pub(super) made: u32,
    /// How many records came through the API; their ids follow from it.
    pub(super) written: u32,
    /// When the next of those expires.
    pub(super) next_expiry: Option<Timestamp>,
}

impl State {
    pub(super) fn account(&self, uuid: Uuid) -> Option<&Account> {
        Some(&self.accounts[*self.places.get(&uuid)?])
    }

    /// The referrals of the own firm.
    pub(super) fn own(&mut self) -> &mut [Referral] {
        let count = self.count();
        &mut self.referrals[..count]
    }

    /// How many referrals the own firm has.
    pub(super) fn count(&self) -> usize {
        self.referrals.len() - self.foreign
    }

    /// Adds referrals of the own firm where these times belong, which are newest first.
    pub(super) fn insert(&mut self, at: usize, times: &[Timestamp]) {
        let rows = seed::added(&self.connections, self.made, times);
        self.made += u32::try_from(rows.len()).expect("a world fits into memory");
        for row in &rows {
            self.add_clones(row);
        }
        self.referrals.splice(at..at, rows);
    }

    /// Takes referrals of the own firm away. Copies of their clients stay with who received them.
    pub(super) fn remove(&mut self, rows: Range<usize>) {
        self.referrals.drain(rows);
    }

    /// The id of a record that comes through the API.
    pub(super) fn next_uuid(&mut self) -> Uuid {
        self.written += 1;
        world::id("plannr.written", &self.written.to_string())
    }

    /// Adds a referral that came through the API, among those of its time.
    pub(super) fn send(&mut self, row: Referral) {
        let count = self.count();
        let is_own = row.concerns(seed::OWN_FIRM);
        let (start, rows) = if is_own {
            (0, &self.referrals[..count])
        } else {
            self.foreign += 1;
            (count, &self.referrals[count..])
        };
        let place = rows.partition_point(|other| other.created_at > row.created_at);
        self.await_expiry(row.expires_at);
        self.referrals.insert(start + place, row);
    }

    /// Adds a connection that came through the API.
    pub(super) fn connect(&mut self, row: Connection) {
        self.await_expiry(Some(row.expires_at));
        self.connections.push(row);
    }

    /// Copies the clients of a referral to the recipient's firm.
    pub(super) fn add_clones(&mut self, referral: &Referral) {
        for clone in seed::clones(self, referral) {
            self.add_account(clone);
        }
    }

    /// The first with an id stays the one found by it.
    pub(super) fn add_account(&mut self, account: Account) {
        let place = self.accounts.len();
        self.places.entry(account.uuid).or_insert(place);
        self.accounts.push(account);
    }

    /// Remembers that something expires then.
    pub(super) fn await_expiry(&mut self, at: Option<Timestamp>) {
        self.next_expiry = self.next_expiry.into_iter().chain(at).min();
    }

    /// Ends what came through the API and has lasted its time: requests for a connection that nobody answered, and
    /// referrals whether they were accepted or not. What an expired one means for clones is not documented; they stay.
    pub(super) fn expire(&mut self, now: Timestamp) {
        if self.next_expiry.is_none_or(|at| at > now) {
            return;
        }
        let mut next = None;
        let mut is_over = |at: Timestamp| {
            if at > now {
                next = next.into_iter().chain([at]).min();
            }
            at <= now
        };
        for row in self.connections.iter_mut().filter(|row| row.is_written) {
            if row.status == "pending" && is_over(row.expires_at) {
                row.status = "expired";
                row.updated_at = row.expires_at;
            }
        }
        for row in self.referrals.iter_mut().filter(|row| row.is_written) {
            let is_open = row.status == "pending" || row.status == "accepted";
            if let Some(at) = row.expires_at
                && is_open
                && is_over(at)
            {
                row.status = "expired";
                row.updated_at = at;
            }
        }
        self.next_expiry = next;
    }
}
