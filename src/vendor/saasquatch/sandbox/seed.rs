//! The users and referrals that the tenant has at the start: the people of [`world::PEOPLE`], who refer one another.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::TENANT_ALIAS;
use super::memory::{Record, UserKey};
use super::rewards::reward;
use crate::sandbox::world::{self, PEOPLE, Person};

/// This vendor's place in [`world::created_at`].
pub(super) const SEAT: u32 = 3;
/// How many referrals there are at the start.
pub(super) const REFERRALS: u32 = 72;
/// The person whose user was deleted: referrals with them remain.
pub(super) const DELETED: usize = 21;
const HOUR: i64 = 3_600_000;

/// Both sides of every moderation, the referred one first.
const MODERATION: [(&str, &str); 9] = [
    ("PENDING", "PENDING"),
    ("PENDING", "APPROVED"),
    ("PENDING", "DENIED"),
    ("APPROVED", "PENDING"),
    ("APPROVED", "APPROVED"),
    ("APPROVED", "DENIED"),
    ("DENIED", "PENDING"),
    ("DENIED", "APPROVED"),
    ("DENIED", "DENIED"),
];
/// A classic referral has none.
const PROGRAMS: [Option<&str>; 3] = [None, Some(PROGRAM), Some("advocate-2026")];
/// The program that users have codes of.
pub(super) const PROGRAM: &str = "customer-referral";

/// What a referral is made from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seed {
    index: u32,
    pub(super) started: Timestamp,
    modified: Modified,
    /// How many hours of its time have passed.
    age: u32,
    program: Program,
}

/// Of which program a referral is.
#[derive(Clone, Copy, Debug)]
enum Program {
    /// By its index.
    InTurn,
    Is(Option<&'static str>),
}

/// When a referral was last changed.
#[derive(Clone, Copy, Debug)]
enum Modified {
    /// When the last of its other times says.
    AsTold,
    At(Option<Timestamp>),
}

impl Seed {
    /// One of those at the start. Nothing happens after the newest record of the world.
    fn seeded(index: u32) -> Self {
        Self {
            index,
            started: world::created_at(SEAT, index),
            modified: Modified::AsTold,
            age: index.saturating_mul(28),
            program: Program::InTurn,
        }
    }

    /// One that came later.
    pub(super) fn added(index: u32, started: Timestamp) -> Self {
        Self {
            index,
            started,
            modified: Modified::AsTold,
            age: 0,
            program: Program::InTurn,
        }
    }

    /// One that a client of the vendor made.
    pub(super) fn written(index: u32, started: Timestamp, program: Option<&'static str>) -> Self {
        Self {
            program: Program::Is(program),
            ..Self::added(index, started)
        }
    }

    /// How many referrals there were before it.
    pub(super) fn index(&self) -> u32 {
        self.index
    }

    /// The same at other times.
    pub(super) fn at(self, started: Timestamp, modified: Option<Timestamp>) -> Self {
        Self {
            started,
            modified: Modified::At(modified),
            ..self
        }
    }

    /// The vendor's id.
    pub(super) fn id(&self) -> String {
        // Older samples have ids of another form.
        if self.index == 64 {
            return "legacy_referral-7".to_owned();
        }
        let id = world::id("saasquatch/referral", &self.index.to_string());
        id.simple().to_string()[..24].to_owned()
    }

    /// A person is referred once per program: the third round of people starts with another program.
    pub(super) fn program(&self) -> Option<&'static str> {
        if let Program::Is(program) = self.program {
            return program;
        }
        let at = self.index as usize;
        PROGRAMS[(at + at / PEOPLE.len()) % PROGRAMS.len()]
    }
}

/// All users but the deleted one.
pub(super) fn users() -> Vec<Value> {
    let kept = (0..PEOPLE.len()).filter(|person| *person != DELETED);
    kept.map(user).collect()
}

/// So many seeded referrals, newest first.
pub(super) fn referrals(count: u32) -> Vec<Record> {
    (0..count)
        .map(|index| record(Seed::seeded(index)))
        .collect()
}

/// The referral that is made from this.
pub(super) fn record(seed: Seed) -> Record {
    let sides = sides(seed.index);
    Record::seeded(seed, key(sides.0), key(sides.1))
}

/// Who refers whom. Never the same person: six times the index is never three short of a multiple of 24.
fn sides(index: u32) -> (usize, usize) {
    let at = index as usize;
    ((at * 7 + 3) % PEOPLE.len(), at % PEOPLE.len())
}

/// Every third user has their e-mail address for both ids, as impact.com recommends; the others have two ids.
fn key(person: usize) -> UserKey {
    let email = PEOPLE[person].email();
    if person % 3 == 1 {
        return UserKey {
            account: email.clone(),
            user: email,
        };
    }
    // Ids are free text: some need encoding in a path.
    let separator = if person % 6 == 5 { '/' } else { '-' };
    UserKey {
        account: format!("acct-{:03}", 100 + person),
        user: format!("user{separator}{:03}", 100 + person),
    }
}

/// At most fifteen letters, as the vendor rules.
fn referral_code(person: &Person) -> String {
    let name = person.name().to_uppercase();
    name.chars()
        .filter(char::is_ascii_alphabetic)
        .take(15)
        .collect()
}

fn user(index: usize) -> Value {
    let person = PEOPLE[index];
    let key = key(index);
    let code = referral_code(&person);
    let email = person.email();
    let created = world::created_at(SEAT, REFERRALS).as_millisecond() - 24 * HOUR;
    let sparse = index % 4 == 3;
    json!({
        "id": key.user,
        "accountId": key.account,
        "firstName": person.first_name,
        "lastName": person.last_name,
        "lastInitial": person.last_name.chars().next().map(String::from),
        "email": email,
        "emailHash": email_hash(&email),
        "referralCode": code,
        "imageUrl": if index % 5 == 2 { format!("https://images.example.test/{code}.png") } else { String::new() },
        "cookieId": (index % 3 == 2).then(|| world::id("saasquatch/cookie", &email).to_string()),
        // In the form of the payment provider that the vendor names.
        "paymentProviderId": (index % 6 == 4)
            .then(|| format!("cus_{}", &world::id("saasquatch/customer", &email).simple().to_string()[..14])),
        "locale": (!sparse).then_some("en_US"),
        "countryCode": (!sparse).then_some(person.company().country),
        "referralSource": if index.is_multiple_of(2) { json!("DIRECT") } else { json!("UNKNOWN") },
        "firstSeenIP": (!sparse).then_some("203.0.113.7"),
        // Of the range that is reserved for documentation, as the first one.
        "lastSeenIP": (index % 4 == 1).then(|| format!("203.0.113.{}", 20 + index)),
        "dateCreated": created,
        "dateBlocked": (index == 19).then_some(created + HOUR),
        "shareLinks": share_links(&code),
    })
}

/// A user of whom nothing is known but the ids.
pub(super) fn new_user(key: &UserKey, created: Timestamp) -> Value {
    json!({
        "id": key.user,
        "accountId": key.account,
        "firstName": null,
        "lastName": null,
        "lastInitial": null,
        "email": null,
        "emailHash": null,
        "referralCode": "",
        "imageUrl": "",
        "cookieId": null,
        "paymentProviderId": null,
        "locale": null,
        "countryCode": null,
        "referralSource": "UNKNOWN",
        "firstSeenIP": null,
        "lastSeenIP": null,
        "dateCreated": created.as_millisecond(),
        "dateBlocked": null,
        "shareLinks": {},
    })
}

/// The vendor has the MD5 of the address here; this has only its form.
pub(super) fn email_hash(email: &str) -> String {
    world::id("saasquatch/email", email).simple().to_string()
}

pub(super) fn share_links(code: &str) -> Value {
    let link = format!("https://ssqt.co/{TENANT_ALIAS}/{code}");
    json!({
        "shareLink": link,
        "facebookShareLink": format!("{link}?ch=facebook"),
        "EMBED": {"shareLink": format!("{link}?ch=embed")},
    })
}

/// The referral as the vendor writes it.
#[expect(clippy::similar_names, reason = "the vendor's words for the two sides")]
pub(super) fn referral(seed: Seed, referrer: &UserKey, referred: &UserKey) -> Value {
    let index = seed.index;
    let (referrer_person, referred_person) = sides(index);
    let mut referral = scalars(seed, &referral_code(&PEOPLE[referrer_person]));
    if [referrer_person, referred_person].contains(&DELETED) {
        referral["dateUserModified"] = referral["dateModified"].clone();
    }
    // Absent, null or there.
    match index % 5 {
        0 => {}
        1 => referral["referredReward"] = Value::Null,
        _ => referral["referredReward"] = reward(index, "referred", referred, &referral),
    }
    referral["referrerReward"] = match index % 3 {
        0 => Value::Null,
        _ => reward(index, "referrer", referrer, &referral),
    };
    referral
}

#[expect(clippy::similar_names, reason = "the vendor's words for the two sides")]
fn scalars(seed: Seed, code: &str) -> Value {
    let Seed { index, age, .. } = seed;
    let program = seed.program();
    let started = seed.started.as_millisecond();
    let (referred, referrer) = match index {
        // In no list: a client has to take what it does not know.
        67 => ("ESCALATED", "APPROVED"),
        // Automatic approval is the normal case.
        _ if index.is_multiple_of(2) => ("APPROVED", "APPROVED"),
        _ => MODERATION[index as usize / 2 % MODERATION.len()],
    };
    let pending = [referred, referrer]
        .iter()
        .filter(|side| **side == "PENDING")
        .count();
    // Moderating one side is enough for ACTIONED.
    let is_actioned = pending == 0 || (pending == 1 && index % 4 == 1);
    let later = |hours: u32| started + i64::from(hours.min(age)) * HOUR;
    let moderated = match (is_actioned, index % 2) {
        (false, _) => None,
        (true, 0) => Some(started + 2),
        (true, _) => Some(later(5 + index % 7)),
    };
    let was_paid = matches!(index % 8, 2 | 7);
    let paid = (was_paid && program.is_none()).then(|| later(30));
    let converted = (was_paid && program.is_some()).then(|| later(30));
    let ended = (index % 12 == 5 || index % 24 == 7).then(|| later(50));
    let touched = (index % 3 == 1).then(|| later(index * 37 % 97));
    let told = [
        Some(started + 494),
        moderated,
        paid,
        converted,
        ended,
        touched,
    ]
    .into_iter()
    .flatten()
    .max();
    let modified = match seed.modified {
        Modified::AsTold => told,
        Modified::At(time) => time.map(Timestamp::as_millisecond),
    };
    let mut referral = json!({
        "id": seed.id(),
        "referralCodeUsed": (index % 7 != 6).then_some(code),
        "shareLinkUsed": (index.is_multiple_of(3)).then(|| format!("https://ssqt.co/{TENANT_ALIAS}/{code}")),
        "moderationStatus": if is_actioned { "ACTIONED" } else { "PENDING" },
        "referredModerationStatus": referred,
        "referrerModerationStatus": referrer,
        "fraudSignals": fraud_signals(index),
        "dateReferralStarted": started,
        "dateReferralPaid": paid,
        "dateReferralEnded": ended,
        "dateModerated": moderated,
        "dateConverted": converted,
        "dateModified": modified,
        "dateUserModified": null,
        "programId": program,
    });
    if let Some(members) = referral.as_object_mut().filter(|_| index == 69) {
        // The spelling of an old sample.
        let link = members.remove("shareLinkUsed").unwrap_or_default();
        members.insert("sharelinkUsed".to_owned(), link);
    }
    referral
}

/// Only signals that were raised have a key.
fn fraud_signals(index: u32) -> Value {
    match index % 10 {
        3 => json!({"ip": {"message": "Both used the same address.", "score": 80}}),
        7 => json!({
            "name": {"message": "Similar names.", "score": 40},
            "email": {"message": "Similar e-mail addresses.", "score": 65},
        }),
        9 if index % 20 == 9 => {
            json!({"rate": {"message": "Many referrals in a short time.", "score": 100}})
        }
        9 => json!({}),
        _ => Value::Null,
    }
}
