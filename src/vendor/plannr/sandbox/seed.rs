//! The seeded firms: every company of the world with its people as employees and others as clients, connections in
//! every status and direction, 72 referrals of the gateway's own firm and some that it must not see.

use std::collections::HashMap;
use std::ops::Range;
use std::time::Duration;

use jiff::{Span, Timestamp};
use uuid::Uuid;

use super::records::{Account, Connection, Kind, Login, Referral};
use super::render::london;
use super::state::State;
use super::term::wall_clock;
use crate::sandbox::world::{self, COMPANIES, PEOPLE};

/// The firm whose account the gateway acts as.
pub(super) const OWN_FIRM: usize = 0;

/// Another firm in which the gateway's user has an account.
pub(super) const SECOND_FIRM: usize = 2;

/// The gateway's user.
pub(super) const ADA: usize = 0;

/// How many referrals concern the gateway's own firm at the start.
pub(super) const REFERRALS: u32 = 72;

/// The numbers of referrals between others, which are as old as the own firm's that come ninety before.
const FOREIGN: Range<u32> = 100..106;

/// From this index on, a referral is old enough to have expired.
const OLD: u32 = 28;

pub(super) const ADVICE_TYPES: [&str; 7] = [
    "investments",
    "protection",
    "mortgages",
    "estate_planning",
    "other",
    "pensions",
    "tax",
];

pub(super) const SHARED_DATA: [&str; 12] = [
    "basic_details",
    "contact_details",
    "income",
    "expenditure",
    "dependants",
    "investments_and_plans",
    "pensions",
    "liabilities",
    "protection",
    "cash_accounts",
    "goals",
    "notes",
];

const NOTES: [Option<&str>; 5] = [
    Some("Client needs help with retirement planning."),
    None,
    Some("Parle français — préfère être appelée après 18 h. ☎️"),
    Some(""),
    Some("Second home in Cornwall.\nWants a fixed rate."),
];

/// Sender firm, recipient firm, status. Those of the gateway's own firm come first.
const CONNECTIONS: [(usize, usize, &str); 18] = [
    (0, 1, "accepted"),
    (2, 0, "accepted"),
    (0, 3, "accepted"),
    (4, 0, "accepted"),
    (0, 5, "accepted"),
    (6, 0, "accepted"),
    (0, 7, "pending"),
    (8, 0, "pending"),
    (0, 9, "denied"),
    (10, 0, "denied"),
    (0, 11, "expired"),
    (7, 0, "expired"),
    (0, 8, "pending"),
    (9, 0, "pending"),
    (0, 10, "accepted"),
    (2, 6, "accepted"),
    (1, 2, "accepted"),
    (5, 9, "pending"),
];

/// What a referral is made from.
#[derive(Clone, Copy, Debug)]
struct Seed {
    /// Tells it from all others.
    number: u32,
    /// The place by age among those at the start.
    index: u32,
    created_at: Timestamp,
    is_own: bool,
    /// Whether nobody answered it in time.
    is_expired: bool,
}

impl Seed {
    /// One of the own firm's at the start.
    fn own(index: u32) -> Self {
        Self {
            is_expired: index >= OLD && index.is_multiple_of(4),
            ..Self::added(index, world::created_at(1, index))
        }
    }

    /// One of the own firm's that came later.
    fn added(index: u32, created_at: Timestamp) -> Self {
        let taken = FOREIGN.end - FOREIGN.start;
        Self {
            number: if index < FOREIGN.start {
                index
            } else {
                index + taken
            },
            index,
            created_at,
            is_own: true,
            is_expired: false,
        }
    }

    fn foreign(number: u32) -> Self {
        Self {
            number,
            index: number,
            created_at: world::created_at(1, number - 90),
            is_own: false,
            is_expired: false,
        }
    }
}

/// Referrals of the own firm that came after so many others, at these times.
pub(super) fn added(connections: &[Connection], made: u32, times: &[Timestamp]) -> Vec<Referral> {
    (made..)
        .zip(times)
        .map(|(index, time)| Referral {
            updated_at: *time,
            ..referral(connections, Seed::added(index, *time))
        })
        .collect()
}

/// The world at the start, with so many referrals of the own firm.
pub(super) fn state(count: u32) -> State {
    let logins = [
        (employee(OWN_FIRM, ADA), true),
        (client(6, ADA), false),
        (employee(SECOND_FIRM, ADA), false),
    ];
    let logins = logins.map(|(account, is_primary)| Login {
        uuid: world::id("plannr.login", &account.to_string()),
        account,
        is_primary,
    });
    let connections: Vec<_> = (0..).zip(CONNECTIONS).map(connection).collect();
    let own = (0..count).map(Seed::own);
    // Between others, of which the second is seen as the second firm.
    let referrals = own.chain(FOREIGN.map(Seed::foreign));
    let referrals: Vec<_> = referrals.map(|seed| referral(&connections, seed)).collect();
    let mut state = State {
        accounts: Vec::new(),
        places: HashMap::new(),
        logins: logins.into(),
        connections,
        referrals: Vec::new(),
        foreign: FOREIGN.len(),
        made: count,
        written: 0,
        next_expiry: None,
    };
    let accounts = (0..COMPANIES.len()).flat_map(firm_accounts);
    // The user works for two firms and is a client of a third.
    let second = person(SECOND_FIRM, ADA, Kind::Employee, "member");
    for account in accounts.chain(special_accounts()).chain([second]) {
        state.add_account(account);
    }
    for row in &referrals {
        state.add_clones(row);
    }
    state.referrals = referrals;
    state
}

/// The account of an employee.
pub(super) fn employee(firm: usize, index: usize) -> Uuid {
    let person = &PEOPLE[index];
    world::id("plannr.employee", &format!("{firm}/{}", person.email()))
}

pub(super) fn firm_uuid(firm: usize) -> Uuid {
    world::id("plannr.firm", COMPANIES[firm].name)
}

fn client(firm: usize, index: usize) -> Uuid {
    let person = &PEOPLE[index];
    world::id("plannr.client", &format!("{firm}/{}", person.email()))
}

pub(super) fn clone_uuid(referral: Uuid, client: Uuid) -> Uuid {
    world::id("plannr.clone", &format!("{referral}/{client}"))
}

pub(super) fn direction(sender_firm: usize, firm: usize) -> &'static str {
    if sender_firm == firm {
        "sent"
    } else {
        "received"
    }
}

/// The people of a firm are its employees; all others are its clients.
fn firm_accounts(firm: usize) -> Vec<Account> {
    let people = PEOPLE.iter().enumerate();
    let accounts = people.map(|(index, one)| {
        if one.company != firm {
            return person(firm, index, Kind::Client, "individual");
        }
        let role = ["admin", "owner", "member"][index % 3];
        person(firm, index, Kind::Employee, role)
    });
    accounts.collect()
}

fn person(firm: usize, index: usize, kind: Kind, role: &'static str) -> Account {
    let one = &PEOPLE[index];
    let uuid = match kind {
        Kind::Employee => employee(firm, index),
        _ => client(firm, index),
    };
    let number = index as u64;
    Account {
        uuid,
        firm,
        kind,
        role,
        first_name: one.first_name.to_owned(),
        last_name: one.last_name.to_owned(),
        name: one.name(),
        email: (kind == Kind::Employee || index % 5 != 4).then(|| one.email()),
        phone: (index % 3 != 1).then(|| one.phone()),
        external_reference: (index % 4 == 2).then(|| format!("BO-{:05}", firm * 100 + index)),
        created_at: before(300 + number),
        updated_at: before(200 - number * 7 % 100),
    }
}

/// Clients of the own firm that are not one person, and an introducer.
fn special_accounts() -> Vec<Account> {
    let rows = [
        (Kind::Client, "joint", "Chiara & Dmitri", "Conti"),
        (Kind::Client, "trust", "", "The Åberg Family Trust"),
        (Kind::Client, "business", "", "Löwe & Söhne"),
        (Kind::External, "introducer", "Ivy", "Marlow"),
    ];
    let accounts = rows
        .into_iter()
        .map(|(kind, role, first_name, last_name)| Account {
            uuid: world::id("plannr.special", role),
            firm: OWN_FIRM,
            kind,
            role,
            first_name: first_name.to_owned(),
            last_name: last_name.to_owned(),
            name: format!("{first_name} {last_name}").trim().to_owned(),
            email: None,
            phone: None,
            external_reference: None,
            created_at: before(340),
            updated_at: before(90),
        });
    accounts.collect()
}

/// A request lasts 30 days of London's wall clock.
fn connection(
    (index, (sender_firm, recipient_firm, status)): (u32, (usize, usize, &'static str)),
) -> Connection {
    // Accepted ones are older than every referral that is sent along them; pending ones are still open.
    let created_at = match status {
        "pending" => world::created_at(1, index),
        "expired" => world::created_at(1, 40 + index),
        _ => world::created_at(1, 80 + index * 3),
    };
    let updated_at = match status {
        "pending" => created_at,
        "expired" => wall_clock(created_at, Span::new().days(30)),
        _ => after(created_at, u64::from(index % 5 + 1) * 9),
    };
    Connection {
        uuid: world::id("plannr.connection", &index.to_string()),
        sender_firm,
        recipient_firm,
        sender: adviser(sender_firm),
        recipient: adviser(recipient_firm),
        status,
        created_at,
        updated_at,
        expires_at: wall_clock(created_at, Span::new().days(30)),
        is_written: false,
    }
}

fn referral(connections: &[Connection], seed: Seed) -> Referral {
    let Seed {
        number,
        index,
        created_at,
        is_own,
        is_expired,
    } = seed;
    let at = index as usize;
    let along: Vec<_> = connections
        .iter()
        .filter(|row| row.status == "accepted" && row.concerns(OWN_FIRM) == is_own)
        .collect();
    let along = along[at % along.len()];
    // A referral goes either way along a connection, whoever asked for it.
    let (sender_firm, recipient_firm) = if (index / 2).is_multiple_of(2) {
        (along.sender_firm, along.recipient_firm)
    } else {
        (along.recipient_firm, along.sender_firm)
    };
    let uuid = world::id("plannr.referral", &number.to_string());
    let status = if is_expired {
        "expired"
    } else {
        ["accepted", "pending", "accepted", "rejected", "pending"][at % 5]
    };
    let duration_months = match index {
        _ if is_expired => Some(1),
        _ if index >= OLD => [Some(3), None, Some(6)][at % 3],
        _ => [Some(3), None, Some(6), Some(1), Some(2)][at % 5],
    };
    let updated_at = match status {
        "pending" => created_at,
        "expired" => wall_clock(created_at, Span::new().months(1)),
        _ => after(created_at, u64::from(index * 7_919 % 61) + 1),
    };
    let clients = clients(sender_firm, index);
    // Every other one that expired had been accepted before.
    let was_accepted = status == "accepted" || is_expired && index.is_multiple_of(8);
    Referral {
        uuid,
        connection: along.uuid,
        sender_firm,
        recipient_firm,
        sender: adviser(sender_firm),
        recipient: adviser(recipient_firm),
        cloned_clients: if was_accepted {
            clients
                .iter()
                .map(|client| clone_uuid(uuid, *client))
                .collect()
        } else {
            Vec::new()
        },
        clients,
        advice_type: ADVICE_TYPES[at % ADVICE_TYPES.len()],
        duration_months,
        shared_data: SHARED_DATA.into_iter().take(at * 5 % 13).collect(),
        note: NOTES[at % NOTES.len()].map(str::to_owned),
        sla_deadline: (index % 3 != 1).then(|| after(created_at, 240).to_zoned(london()).date()),
        status,
        rejection_reason: (status == "rejected")
            .then(|| "Unable to take on new clients.".to_owned()),
        created_at,
        updated_at,
        expires_at: duration_months
            .map(|months| wall_clock(created_at, Span::new().months(i32::from(months)))),
        is_written: false,
    }
}

/// One to three clients of the sender's firm.
fn clients(firm: usize, index: u32) -> Vec<Uuid> {
    let start = index as usize;
    let others = (0..PEOPLE.len())
        .map(|step| (start + step) % PEOPLE.len())
        .filter(|index| PEOPLE[*index].company != firm);
    let mut clients: Vec<_> = others
        .take(start % 3 + 1)
        .map(|index| client(firm, index))
        .collect();
    if firm == OWN_FIRM && index.is_multiple_of(12) {
        let role = ["joint", "trust", "business"][start / 12 % 3];
        clients.push(world::id("plannr.special", role));
    }
    clients
}

/// Copies of the clients, in the recipient's firm.
pub(super) fn clones(state: &State, referral: &Referral) -> Vec<Account> {
    if referral.cloned_clients.is_empty() {
        return Vec::new();
    }
    let originals = referral.clients.iter();
    let originals = originals.filter_map(|uuid| state.account(*uuid));
    let clones = originals.map(|row| Account {
        uuid: clone_uuid(referral.uuid, row.uuid),
        firm: referral.recipient_firm,
        // The reference is of the sender's systems.
        external_reference: None,
        created_at: referral.updated_at,
        updated_at: referral.updated_at,
        ..row.clone()
    });
    clones.collect()
}

/// Who sends and receives for a firm: its first employee.
fn adviser(firm: usize) -> Uuid {
    let first = PEOPLE.iter().position(|one| one.company == firm);
    employee(firm, first.expect("every company of the world has people"))
}

/// So many days before the newest referral.
fn before(days: u64) -> Timestamp {
    world::created_at(1, 0)
        .checked_sub(Duration::from_secs(days * 86_400))
        .expect("the result is within jiff's range")
}

/// So many hours later.
fn after(at: Timestamp, hours: u64) -> Timestamp {
    at.checked_add(Duration::from_secs(hours * 3_600))
        .expect("the result is within jiff's range")
}
