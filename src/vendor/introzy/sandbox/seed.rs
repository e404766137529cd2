//! The seeded organization: the world's people and companies, 72 referrals among them, and every null and enum value
//! that the documentation mentions.

use std::collections::HashSet;
use std::ops::Range;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::Failure;
use crate::sandbox::world::{self, COMPANIES, PEOPLE};

/// The path values of pipelines; in bodies they are upper case.
pub(super) const PIPELINES: [&str; 5] = ["sales", "advocacy", "integration", "referral", "partner"];

/// How many referrals there are at the start.
pub(super) const REFERRALS: u32 = 72;

/// Digits as sent: none, zero, plain, decimals, beyond what a double holds, and with zeros at the end.
const AMOUNTS: [Option<&str>; 11] = [
    Some("12000"),
    None,
    Some("50000"),
    Some("1234567.89"),
    Some("0"),
    Some("9007199254740993"),
    Some("0.1"),
    Some("12345678901234567.89"),
    Some("250000.50"),
    None,
    Some("999.99"),
];

const DESCRIPTIONS: [Option<&str>; 5] = [
    Some("Looking for a partner for the move to the cloud."),
    None,
    Some("Möchte im Frühjahr beginnen; spricht Deutsch und 日本語. 🙂"),
    Some(""),
    Some("First call went well.\nWants figures before \"any\" commitment."),
];

const STAGES: [(&str, &str, Option<&str>); 6] = [
    ("Lead", "#94A3B8", None),
    (
        "Introduction",
        "#3B82F6",
        Some("Both sides have been introduced"),
    ),
    ("Meeting", "#8B5CF6", None),
    ("Proposal", "#F59E0B", Some("An offer is on the table")),
    ("Won", "#22C55E", None),
    ("Lost", "#EF4444", None),
];

#[derive(Debug)]
pub(super) struct State {
    pub(super) organization: Uuid,
    pub(super) fee_plan: Uuid,
    /// Newest first.
    pub(super) opportunities: Vec<Opportunity>,
    /// How many referrals there have been.
    pub(super) made: u32,
    pub(super) people: Vec<Person>,
    pub(super) companies: Vec<Company>,
    pub(super) pipelines: Vec<Pipeline>,
    pub(super) notes: Vec<Note>,
    /// How many rows were made by writes.
    pub(super) written: u64,
    /// How many answers had a request id.
    pub(super) answers: u64,
}

#[derive(Debug)]
pub(super) struct Opportunity {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) expected_value: Option<String>,
    pub(super) currency: String,
    /// Index into the stages of the referral pipeline.
    pub(super) stage: usize,
    pub(super) owner: Uuid,
    pub(super) seeker: Party,
    pub(super) provider: Party,
    pub(super) connector: Option<Uuid>,
    pub(super) product: Option<Uuid>,
    pub(super) facilitators: Vec<Facilitator>,
    pub(super) is_converted: bool,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Party {
    User(Uuid),
    Company(Uuid),
}

#[derive(Debug)]
pub(super) struct Facilitator {
    pub(super) id: Uuid,
    pub(super) user: Option<Uuid>,
    pub(super) company: Option<Uuid>,
    pub(super) role: &'static str,
    pub(super) side: Option<&'static str>,
    pub(super) created_at: Timestamp,
}

#[derive(Debug)]
pub(super) struct Person {
    pub(super) id: Uuid,
    pub(super) email: Option<String>,
    pub(super) first_name: Option<&'static str>,
    pub(super) last_name: Option<&'static str>,
    pub(super) phone_number: Option<String>,
    pub(super) address: Option<&'static str>,
    pub(super) is_full_user: bool,
    pub(super) company: Option<Uuid>,
    pub(super) created_at: Timestamp,
}

#[derive(Debug)]
pub(super) struct Company {
    pub(super) id: Uuid,
    pub(super) name: &'static str,
    pub(super) website: Option<String>,
    pub(super) industry: Option<&'static str>,
    pub(super) created_at: Timestamp,
}

#[derive(Debug)]
pub(super) struct Pipeline {
    pub(super) id: Uuid,
    /// As in paths.
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) description: Option<&'static str>,
    pub(super) stages: Vec<Stage>,
    pub(super) created_at: Timestamp,
}

#[derive(Debug)]
pub(super) struct Stage {
    pub(super) id: Uuid,
    pub(super) label: &'static str,
    pub(super) color: &'static str,
    pub(super) description: Option<&'static str>,
}

#[derive(Debug)]
pub(super) struct Note {
    pub(super) id: Uuid,
    pub(super) content: String,
    pub(super) subject: Subject,
    pub(super) author: Uuid,
    pub(super) people: Vec<Uuid>,
    pub(super) companies: Vec<Uuid>,
    pub(super) created_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Subject {
    Deal(Uuid),
    Person(Uuid),
    Company(Uuid),
}

impl State {
    pub(super) fn opportunity(&self, id: Uuid) -> Result<&Opportunity, Failure> {
        let mut rows = self.opportunities.iter();
        rows.find(|row| row.id == id)
            .ok_or_else(|| Failure::not_found("Referral opportunity"))
    }

    pub(super) fn opportunity_mut(&mut self, id: Uuid) -> Result<&mut Opportunity, Failure> {
        let mut rows = self.opportunities.iter_mut();
        rows.find(|row| row.id == id)
            .ok_or_else(|| Failure::not_found("Referral opportunity"))
    }

    /// The id of the next row that a write makes.
    pub(super) fn next_id(&mut self, kind: &str) -> Uuid {
        self.written += 1;
        world::id(kind, &format!("written/{}", self.written))
    }

    /// Whose key it is.
    pub(super) fn caller(&self) -> Uuid {
        self.people[0].id
    }

    pub(super) fn person(&self, id: Uuid) -> Option<&Person> {
        self.people.iter().find(|row| row.id == id)
    }

    pub(super) fn company(&self, id: Uuid) -> Option<&Company> {
        self.companies.iter().find(|row| row.id == id)
    }

    pub(super) fn referral_pipeline(&self) -> &Pipeline {
        let mut pipelines = self.pipelines.iter();
        pipelines
            .find(|row| row.kind == "referral")
            .expect("the seed has it and nothing removes it")
    }
}

impl Person {
    /// By name or e-mail address; the text is in lower case.
    pub(super) fn is_found_by(&self, text: &str) -> bool {
        let names = [self.first_name, self.last_name].into_iter().flatten();
        let name = names.collect::<Vec<_>>().join(" ");
        let email = self.email.as_deref().unwrap_or_default();
        text.is_empty() || name.to_lowercase().contains(text) || email.to_lowercase().contains(text)
    }
}

impl Company {
    /// By name, industry or website; the text is in lower case.
    pub(super) fn is_found_by(&self, text: &str) -> bool {
        let website = self.website.as_deref().unwrap_or_default();
        let industry = self.industry.unwrap_or_default();
        let mut fields = [self.name, website, industry].into_iter();
        text.is_empty() || fields.any(|field| field.to_lowercase().contains(text))
    }
}

/// The world at the start, with so many referrals.
pub(super) fn state(count: u32) -> State {
    let mut state = State {
        organization: world::id("introzy.organization", COMPANIES[0].name),
        fee_plan: world::id("introzy.fee-plan", "standard"),
        opportunities: Vec::new(),
        made: count,
        people: people(),
        companies: companies(),
        pipelines: vec![
            pipeline("referral", before(400)),
            pipeline("sales", before(401)),
        ],
        notes: Vec::new(),
        written: 0,
        answers: 0,
    };
    state.opportunities = (0..count)
        .map(|index| opportunity(&state, index, world::created_at(0, index)))
        .collect();
    state.notes = notes(&state);
    state
}

/// A pipeline with its default stages, which are those of the referral pipeline here.
pub(super) fn pipeline(kind: &'static str, created_at: Timestamp) -> Pipeline {
    let stages = STAGES.map(|(label, color, description)| Stage {
        id: world::id("introzy.stage", &format!("{kind}/{label}")),
        label,
        color,
        description,
    });
    Pipeline {
        id: world::id("introzy.pipeline", kind),
        kind,
        name: format!("{}{} pipeline", kind[..1].to_uppercase(), &kind[1..]),
        description: (kind == "referral").then_some("Introductions between people we know"),
        stages: stages.into(),
        created_at,
    }
}

/// A custom field of people.
///
/// <https://introzy-api-docs.apidocumentation.com/introzy-api-documentation/api-endpoints/custom-fields>
pub(super) fn region_field() -> Value {
    json!({
        "id": world::id("introzy.custom-field", "cf_region"),
        "entityType": "PEOPLE",
        "name": "Region",
        "key": "cf_region",
        "type": "select",
        "description": null,
        "isFilterable": true,
        "isSortable": false,
        "isRequired": false,
        "settings": { "options": [{ "value": "emea", "label": "EMEA", "color": "#3B82F6" }] },
        "displayOrder": 0,
        "createdAt": super::render::time(before(390)),
        "updatedAt": super::render::time(before(390)),
    })
}

pub(super) fn opportunity(state: &State, index: u32, created_at: Timestamp) -> Opportunity {
    let at = index as usize;
    let key = index.to_string();
    // Every third round of the 24 people meets others, so that no pair occurs twice.
    let seeker = (at * 5 + 2) % PEOPLE.len();
    let apart = (3 + 5 * (at / PEOPLE.len())) % PEOPLE.len();
    let provider = (seeker + apart.max(1)) % PEOPLE.len();
    let changed = Duration::from_secs(u64::from(index * 7_919 % 97) * 3_600);
    let seeker = match index % 9 {
        4 => company_party(state, seeker),
        _ => Party::User(state.people[seeker].id),
    };
    let provider = match index % 11 {
        6 => company_party(state, provider),
        3 => Party::User(nameless(index.is_multiple_of(2))),
        _ => Party::User(state.people[provider].id),
    };
    let owner = state.people[at % 2].id;
    let connector = match index % 6 {
        5 => None,
        2 => Some(state.people[(at + 7) % PEOPLE.len()].id),
        _ => Some(owner),
    };
    let id = world::id("introzy.referral", &key);
    Opportunity {
        id,
        name: format!(
            "{} → {}",
            party_name(state, seeker),
            party_name(state, provider)
        ),
        description: DESCRIPTIONS[at % DESCRIPTIONS.len()].map(str::to_owned),
        expected_value: AMOUNTS[at % AMOUNTS.len()].map(str::to_owned),
        currency: ["GBP", "USD", "EUR", "JPY", "CAD"][at / 2 % 5].to_owned(),
        stage: at % STAGES.len(),
        owner,
        seeker,
        provider,
        connector,
        product: None,
        facilitators: facilitators(state, index, connector, created_at),
        is_converted: index % 12 == 4,
        created_at,
        updated_at: later(created_at, changed),
    }
}

/// None to three: the connector first, then a person, then a company.
fn facilitators(
    state: &State,
    index: u32,
    connector: Option<Uuid>,
    created_at: Timestamp,
) -> Vec<Facilitator> {
    let at = index as usize;
    let row = |role, user: Option<Uuid>, company: Option<Uuid>, side| Facilitator {
        id: world::id("introzy.facilitator", &format!("{index}/{role}")),
        user,
        company,
        role,
        side,
        created_at,
    };
    let mut rows = Vec::new();
    if index.is_multiple_of(4) {
        return rows;
    }
    rows.extend(connector.map(|id| row("connector", Some(id), None, None)));
    if index % 4 >= 2 {
        let person = (at + 11) % PEOPLE.len();
        let side = [Some("seeker"), Some("provider"), None][at % 3];
        let person = state.people[person].id;
        rows.push(row("facilitator", Some(person), None, side));
    }
    if index % 4 == 3 {
        let company = state.companies[at % state.companies.len()].id;
        rows.push(row("referral_source", None, Some(company), Some("seeker")));
    }
    rows
}

impl State {
    /// Adds referrals where these times belong, which are newest first.
    pub(super) fn insert(&mut self, at: usize, times: &[Timestamp]) {
        let rows: Vec<_> = (self.made..)
            .zip(times)
            .map(|(index, time)| Opportunity {
                updated_at: *time,
                ..opportunity(self, index, *time)
            })
            .collect();
        self.made += u32::try_from(rows.len()).expect("a world fits into memory");
        self.opportunities.splice(at..at, rows);
    }

    /// Takes referrals away, and the notes on them.
    pub(super) fn remove(&mut self, rows: Range<usize>) {
        let gone: HashSet<Uuid> = self.opportunities.drain(rows).map(|row| row.id).collect();
        self.notes
            .retain(|note| !matches!(note.subject, Subject::Deal(id) if gone.contains(&id)));
    }
}

/// Two on every third referral, 60 on the second newest for more than one page, and one each on a person and a company.
fn notes(state: &State) -> Vec<Note> {
    let mut notes = Vec::new();
    for (index, row) in state.opportunities.iter().enumerate() {
        let count = match index {
            1 => 60,
            _ if index % 3 == 0 => 2,
            _ => 0,
        };
        for number in 0..count {
            let subject = Subject::Deal(row.id);
            notes.push(note(state, subject, &format!("{index}/{number}"), number));
        }
    }
    let person = Subject::Person(person_id(2));
    notes.push(note(state, person, "person", 1));
    let company = Subject::Company(state.companies[1].id);
    notes.push(note(state, company, "company", 0));
    notes
}

fn note(state: &State, subject: Subject, key: &str, number: u64) -> Note {
    let person = &PEOPLE[2];
    let company = &state.companies[1];
    let mentions = number.is_multiple_of(2);
    let content = if mentions {
        format!(
            "Spoke with [@{}](person:{}) of [@{}](company:{}) — call {number}.",
            person.name(),
            person_id(2),
            company.name,
            company.id
        )
    } else {
        format!("Übergabe besprochen, nächster Schritt am Montag. ({number})")
    };
    Note {
        id: world::id("introzy.note", key),
        content,
        subject,
        author: person_id(0),
        people: if mentions {
            vec![person_id(2)]
        } else {
            Vec::new()
        },
        companies: if mentions {
            vec![company.id]
        } else {
            Vec::new()
        },
        created_at: later(
            world::created_at(0, 20),
            Duration::from_secs(number * 3_600),
        ),
    }
}

/// The world's people, of whom some lack a company, a phone number or an address; and two of whom little is known.
fn people() -> Vec<Person> {
    let known = PEOPLE.iter().enumerate().map(|(index, person)| Person {
        id: person_id(index),
        email: Some(person.email()),
        first_name: Some(person.first_name),
        last_name: Some(person.last_name),
        phone_number: (index % 3 != 1).then(|| person.phone()),
        address: (index % 4 == 0).then_some("1 Harbour Street, London"),
        is_full_user: index < 6,
        company: (index % 7 != 1).then(|| company_id(person.company)),
        created_at: before(300 + index as u64),
    });
    let unknown = [true, false].map(|has_email| Person {
        id: nameless(has_email),
        email: has_email.then(|| "info@example.test".to_owned()),
        first_name: None,
        last_name: None,
        phone_number: None,
        address: None,
        is_full_user: false,
        company: None,
        created_at: before(350),
    });
    known.chain(unknown).collect()
}

fn companies() -> Vec<Company> {
    let rows = COMPANIES
        .iter()
        .enumerate()
        .map(|(index, company)| Company {
            id: company_id(index),
            name: company.name,
            website: (index % 3 != 2).then(|| format!("https://company-{index}.example.test")),
            industry: [Some("Finance"), Some("Software"), None][index % 3],
            created_at: before(360 + index as u64),
        });
    rows.collect()
}

fn person_id(index: usize) -> Uuid {
    world::id("introzy.person", &PEOPLE[index].email())
}

fn company_id(index: usize) -> Uuid {
    world::id("introzy.company", COMPANIES[index].name)
}

fn nameless(has_email: bool) -> Uuid {
    world::id("introzy.person", if has_email { "info" } else { "nobody" })
}

fn company_party(state: &State, person: usize) -> Party {
    Party::Company(state.companies[PEOPLE[person].company].id)
}

/// The employer's name, else the person's, as the vendor names a referral without a name.
pub(super) fn party_name(state: &State, party: Party) -> String {
    let company = match party {
        Party::Company(id) => Some(id),
        Party::User(id) => state.person(id).and_then(|person| person.company),
    };
    if let Some(company) = company.and_then(|id| state.company(id)) {
        return company.name.to_owned();
    }
    let person = match party {
        Party::User(id) => state.person(id),
        Party::Company(_) => None,
    };
    let first_name = person.and_then(|person| person.first_name);
    first_name.unwrap_or("Unknown").to_owned()
}

/// So many days before the newest referral.
fn before(days: u64) -> Timestamp {
    world::created_at(0, 0)
        .checked_sub(Duration::from_secs(days * 86_400))
        .expect("the result is within jiff's range")
}

/// Nothing in the seed is later than the morning after the newest referral.
fn later(at: Timestamp, by: Duration) -> Timestamp {
    let newest = world::created_at(0, 0)
        .checked_add(Duration::from_hours(16))
        .expect("the result is within jiff's range");
    let sum = at
        .checked_add(by)
        .expect("the result is within jiff's range");
    sum.min(newest)
}
