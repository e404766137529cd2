//! The ledger's file: an SQLite database that is on the disk before anything is sent. The only file that knows rusqlite.

use std::collections::HashSet;
use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, TransactionBehavior, params};

use super::operation::{Fingerprint, Operation, Step, StepAnswer, StepState, json};
use super::owner::Owner;
use crate::model::{Vendor, Workspace};

/// Of the tables below. Whoever changes them raises it, and reads the one before.
const VERSION: i64 = 1;

const FILE: &str = "ledger.sqlite";

/// What another process may take to let go of the file.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where no operation is older than the writes that it may be mistaken for.
const CLAIM_MARGIN: Duration = Duration::from_hours(1);

/// Times are microseconds since 1970. A step's write is gone once it is settled; `made` is the vendor's id of what it made.
const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS operations (
        id INTEGER PRIMARY KEY,
        workspace TEXT NOT NULL,
        key TEXT NOT NULL,
        has_own_key INTEGER NOT NULL,
        fingerprint BLOB NOT NULL,
        owner TEXT NOT NULL,
        started_at INTEGER NOT NULL,
        is_settled INTEGER NOT NULL DEFAULT 0,
        UNIQUE (workspace, key)
    ) STRICT;
    CREATE INDEX IF NOT EXISTS unsettled ON operations (workspace) WHERE is_settled = 0;
    CREATE TABLE IF NOT EXISTS steps (
        operation INTEGER NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
        place INTEGER NOT NULL,
        vendor TEXT NOT NULL,
        write TEXT,
        state TEXT NOT NULL,
        sent_at INTEGER,
        last_sent_at INTEGER,
        sends INTEGER NOT NULL,
        twin BLOB,
        settled_at INTEGER,
        answer TEXT,
        made TEXT,
        PRIMARY KEY (operation, place)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS twins ON steps (vendor, twin) WHERE twin IS NOT NULL AND settled_at IS NULL;
    CREATE INDEX IF NOT EXISTS made ON steps (vendor, settled_at) WHERE made IS NOT NULL;
";

/// That the ledger could not be read or written. The cause is for the log and holds nothing of what is kept.
#[derive(Debug)]
pub struct Broken(String);

type Result<T> = std::result::Result<T, Broken>;

/// The ledger's file.
pub struct Store {
    connection: Mutex<Connection>,
    owner: Owner,
}

/// What came of recording an intent.
pub enum Recorded {
    /// It is on the disk.
    New(Operation),
    /// The key is there already.
    Known(Operation),
    /// It is not known yet what became of another write that it could be mistaken for.
    Twin,
}

/// An operation whose outcome is not known yet.
pub struct Unsettled {
    /// Its row in the ledger.
    pub id: i64,
    /// The idempotency key.
    pub key: Arc<str>,
}

impl Store {
    /// The ledger in this folder, for a process that no other has the name of: letters, digits and hyphens.
    pub fn open(data_dir: &Path, process: &str) -> Result<Self> {
        let file = data_dir.join(FILE);
        create_private(&file)?;
        let owner = Owner::take(&data_dir.join("processes"), process)?;
        Self::with(Connection::open(file)?, owner)
    }

    /// A ledger that ends with the process.
    pub fn in_memory(process: &str) -> Result<Self> {
        Self::with(Connection::open_in_memory()?, Owner::alone(process))
    }

    fn with(connection: Connection, owner: Owner) -> Result<Self> {
        connection.busy_timeout(PATIENCE)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // A transaction that has returned survives a loss of power.
        connection.pragma_update(None, "synchronous", "FULL")?;
        // What is dropped is overwritten: it is about people.
        connection.pragma_update(None, "secure_delete", "ON")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if ![0, VERSION].contains(&version) {
            return Err(Broken(format!(
                "its file has version {version}, and this program reads {VERSION}"
            )));
        }
        connection.execute_batch(TABLES)?;
        connection.pragma_update(None, "user_version", VERSION)?;
        Ok(Self {
            connection: Mutex::new(connection),
            owner,
        })
    }

    /// Records an intent, unless its key is there already. The first step counts as being sent from now on.
    pub fn record(&self, workspace: &Workspace, mut operation: Operation) -> Result<Recorded> {
        let mut connection = self.connection();
        let transaction = immediate(&mut connection)?;
        if let Some(known) = find(&transaction, workspace, &operation.key)? {
            return Ok(Recorded::Known(known));
        }
        for step in &operation.steps {
            if has_twin(&transaction, workspace, step)? {
                return Ok(Recorded::Twin);
            }
        }
        // As it is kept: what is made from it must come out the same after a restart.
        operation.started_at =
            Timestamp::from_microsecond(micros(operation.started_at)).unwrap_or_default();
        transaction.execute(
            "INSERT INTO operations (workspace, key, has_own_key, fingerprint, owner, started_at) VALUES (?, ?, ?, ?, ?, ?)",
            params![
                workspace.as_str(),
                &*operation.key,
                operation.has_own_key,
                operation.fingerprint.0,
                self.owner.name(),
                micros(operation.started_at),
            ],
        )?;
        operation.id = transaction.last_insert_rowid();
        for (place, step) in operation.steps.iter_mut().enumerate() {
            if !step.needs_the_one_before() {
                step.state = StepState::Sending;
                step.sent_at = Some(operation.started_at);
                step.last_sent_at = step.sent_at;
                step.sends = 1;
            }
            transaction.execute(
                "INSERT INTO steps (operation, place, vendor, write, state, sent_at, last_sent_at, sends, twin) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                params![
                    operation.id,
                    number(place),
                    step.vendor.key(),
                    step.write.as_ref().map(json),
                    step.state.name(),
                    step.sent_at.map(micros),
                    step.last_sent_at.map(micros),
                    step.sends,
                    step.twin.map(|twin| twin.0),
                ],
            )?;
        }
        transaction.commit()?;
        Ok(Recorded::New(operation))
    }

    /// Writes down how far a step has come.
    pub fn update(
        &self,
        workspace: &Workspace,
        operation: i64,
        place: usize,
        step: &Step,
    ) -> Result<()> {
        let answer = serde_json::to_string(&step.answer).map_err(|_| Broken("an answer".into()))?;
        let made = step
            .write
            .as_ref()
            .and_then(|write| step.answer.made(write));
        let write = step.write.as_ref().filter(|_| !step.state.is_settled());
        let mut connection = self.connection();
        let transaction = immediate(&mut connection)?;
        transaction.execute(
            "UPDATE steps SET write = ?, state = ?, sent_at = ?, last_sent_at = ?, sends = ?, settled_at = ?, answer = ?, made = coalesce(?, made) WHERE operation = (SELECT id FROM operations WHERE id = ? AND workspace = ?) AND place = ?",
            params![
                write.map(json),
                step.state.name(),
                step.sent_at.map(micros),
                step.last_sent_at.map(micros),
                step.sends,
                step.settled_at.map(micros),
                answer,
                made,
                operation,
                workspace.as_str(),
                number(place),
            ],
        )?;
        transaction.execute(
            "UPDATE operations SET is_settled = NOT EXISTS (SELECT 1 FROM steps WHERE operation = id AND settled_at IS NULL) WHERE id = ? AND workspace = ?",
            params![operation, workspace.as_str()],
        )?;
        transaction.commit()?;
        Ok(())
    }

    /// Forgets an operation: nothing was sent, and its key may be used again.
    pub fn forget(&self, workspace: &Workspace, operation: i64) -> Result<()> {
        self.connection().execute(
            "DELETE FROM operations WHERE id = ? AND workspace = ?",
            params![operation, workspace.as_str()],
        )?;
        Ok(())
    }

    /// The operation with this key.
    pub fn find(&self, workspace: &Workspace, key: &str) -> Result<Option<Operation>> {
        find(&self.connection(), workspace, key)
    }

    /// An unsettled operation that belongs to this process, or to one that has ended: then it is taken over.
    pub fn adopt(&self, workspace: &Workspace, operation: i64) -> Result<Option<Operation>> {
        let mut connection = self.connection();
        let transaction = immediate(&mut connection)?;
        let owner: Option<String> = transaction
            .query_row(
                "SELECT owner FROM operations WHERE id = ? AND workspace = ? AND is_settled = 0",
                params![operation, workspace.as_str()],
                |row| row.get(0),
            )
            .optional()?;
        if !owner.is_some_and(|owner| self.is_free(&owner)) {
            return Ok(None);
        }
        let adopted = load(
            &transaction,
            "workspace = ? AND id = ?",
            params![workspace.as_str(), operation],
        )?;
        transaction.execute(
            "UPDATE operations SET owner = ? WHERE id = ? AND workspace = ? AND owner <> ?",
            params![
                self.owner.name(),
                operation,
                workspace.as_str(),
                self.owner.name()
            ],
        )?;
        transaction.commit()?;
        Ok(adopted)
    }

    /// Takes over all unsettled operations of processes that have ended, and tells all that this process now has.
    pub fn adopt_all(&self, workspace: &Workspace) -> Result<Vec<Unsettled>> {
        let mut connection = self.connection();
        let transaction = immediate(&mut connection)?;
        let owners: Vec<String> = transaction
            .prepare_cached(
                "SELECT DISTINCT owner FROM operations WHERE workspace = ? AND is_settled = 0",
            )?
            .query_map([workspace.as_str()], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for owner in owners.iter().filter(|owner| self.owner.has_ended(owner)) {
            transaction.execute(
                "UPDATE operations SET owner = ? WHERE workspace = ? AND owner = ? AND is_settled = 0",
                params![self.owner.name(), workspace.as_str(), owner],
            )?;
        }
        let ours = transaction
            .prepare_cached(
                "SELECT id, key FROM operations WHERE workspace = ? AND owner = ? AND is_settled = 0 ORDER BY id",
            )?
            .query_map([workspace.as_str(), self.owner.name()], |row| {
                Ok(Unsettled {
                    id: row.get(0)?,
                    key: row.get::<_, String>(1)?.into(),
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        transaction.commit()?;
        Ok(ours)
    }

    /// The vendor's ids of what operations have made there since, or shortly before.
    pub fn claimed(
        &self,
        workspace: &Workspace,
        vendor: Vendor,
        since: Timestamp,
    ) -> Result<HashSet<String>> {
        let since = micros(since.checked_sub(CLAIM_MARGIN).unwrap_or(since));
        let connection = self.connection();
        let mut query = connection.prepare_cached(
            "SELECT made FROM steps JOIN operations ON id = operation WHERE workspace = ? AND vendor = ? AND settled_at >= ? AND made IS NOT NULL",
        )?;
        let made = query.query_map(params![workspace.as_str(), vendor.key(), since], |row| {
            row.get(0)
        })?;
        Ok(made.collect::<rusqlite::Result<_>>()?)
    }

    /// Forgets what was settled before a time, and lets nothing of it stay in the file.
    pub fn expire(&self, workspace: &Workspace, before: Timestamp) -> Result<usize> {
        let connection = self.connection();
        let gone = connection.execute(
            "DELETE FROM operations WHERE workspace = ? AND is_settled = 1 AND (SELECT max(settled_at) FROM steps WHERE operation = id) < ?",
            params![workspace.as_str(), micros(before)],
        )?;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(gone)
    }

    fn is_free(&self, owner: &str) -> bool {
        owner == self.owner.name() || self.owner.has_ended(owner)
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
impl Store {
    /// Does something to the file that the ledger would not do; how many rows it changed.
    pub(super) fn tamper(&self, sql: &str) -> usize {
        let connection = self.connection();
        connection.execute(sql, []).expect("it is sound SQL")
    }

    /// Every key that there is.
    pub(super) fn keys(&self) -> Vec<String> {
        let connection = self.connection();
        let mut keys = connection.prepare("SELECT key FROM operations").unwrap();
        let keys = keys.query_map([], |row| row.get(0)).unwrap();
        keys.map(|key| key.unwrap()).collect()
    }
}

/// A transaction that is the only one to write from its beginning, so that what it looks at stays so.
fn immediate(connection: &mut Connection) -> Result<Transaction<'_>> {
    Ok(connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
}

/// Whether a write is still open that nobody could tell this one from, afterwards.
fn has_twin(connection: &Connection, workspace: &Workspace, step: &Step) -> Result<bool> {
    let Some(twin) = step.twin else {
        return Ok(false);
    };
    let mut query = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM steps JOIN operations ON id = operation WHERE workspace = ? AND vendor = ? AND twin = ? AND settled_at IS NULL)",
    )?;
    let params = params![workspace.as_str(), step.vendor.key(), twin.0];
    Ok(query.query_row(params, |row| row.get(0))?)
}

fn find(connection: &Connection, workspace: &Workspace, key: &str) -> Result<Option<Operation>> {
    load(
        connection,
        "workspace = ? AND key = ?",
        params![workspace.as_str(), key],
    )
}

fn load(
    connection: &Connection,
    which: &str,
    params: &[&dyn rusqlite::ToSql],
) -> Result<Option<Operation>> {
    let sql = format!(
        "SELECT id, key, has_own_key, fingerprint, started_at FROM operations WHERE {which}"
    );
    let head = connection
        .prepare_cached(&sql)?
        .query_row(params, |row| {
            Ok(Operation {
                id: row.get(0)?,
                key: row.get::<_, String>(1)?.into(),
                has_own_key: row.get(2)?,
                fingerprint: Fingerprint(row.get(3)?),
                started_at: time(row, 4)?.unwrap_or(Timestamp::UNIX_EPOCH),
                steps: Vec::new(),
            })
        })
        .optional()?;
    let Some(mut operation) = head else {
        return Ok(None);
    };
    let mut steps = connection.prepare_cached(
        "SELECT vendor, write, state, sent_at, last_sent_at, settled_at, answer, sends, twin FROM steps WHERE operation = ? ORDER BY place",
    )?;
    let mut rows = steps.query([operation.id])?;
    while let Some(row) = rows.next()? {
        operation.steps.push(step(row)?);
    }
    Ok(Some(operation))
}

fn step(row: &Row<'_>) -> Result<Step> {
    let odd = |what: &str| Broken(format!("a step's {what} is not what this version writes"));
    let vendor: String = row.get(0)?;
    let write: Option<String> = row.get(1)?;
    let state: String = row.get(2)?;
    let answer: Option<String> = row.get(6)?;
    Ok(Step {
        vendor: Vendor::named(&vendor).ok_or_else(|| odd("vendor"))?,
        write: write
            .map(|write| serde_json::from_str(&write))
            .transpose()
            .map_err(|_| odd("write"))?,
        state: StepState::named(&state).ok_or_else(|| odd("state"))?,
        sent_at: time(row, 3)?,
        last_sent_at: time(row, 4)?,
        settled_at: time(row, 5)?,
        answer: answer
            .map(|answer| serde_json::from_str::<StepAnswer>(&answer))
            .transpose()
            .map_err(|_| odd("answer"))?
            .unwrap_or_default(),
        sends: row.get(7)?,
        twin: row.get::<_, Option<_>>(8)?.map(Fingerprint),
    })
}

fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    let micros: Option<i64> = row.get(column)?;
    Ok(micros.and_then(|micros| Timestamp::from_microsecond(micros).ok()))
}

fn number(place: usize) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}

fn micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

/// Only whoever runs the gateway may read it.
fn create_private(file: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

impl From<rusqlite::Error> for Broken {
    /// SQLite's own words may quote what it was given: only the kind of the failure is kept.
    fn from(error: rusqlite::Error) -> Self {
        Self(match error.sqlite_error_code() {
            Some(code) => format!("{code:?}"),
            None => "a value of another type than was written".to_owned(),
        })
    }
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self(error.kind().to_string())
    }
}

impl From<std::fs::TryLockError> for Broken {
    fn from(_: std::fs::TryLockError) -> Self {
        Self("its lock is held".to_owned())
    }
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the ledger cannot be used: {}", self.0)
    }
}

impl std::error::Error for Broken {}
