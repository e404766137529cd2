//! The referrals that the partner has at the start: the deals of [`world::COMPANIES`], with everything that the vendor's
//! pages and real answers are known to hold.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::json::Json;
use super::parts;
use super::registrations;
use super::row::Row;
use super::tags::PRODUCTS;
use crate::sandbox::Times;
use crate::sandbox::world::{self, COMPANIES, Company, PEOPLE, Person};

/// This vendor's place in [`world::created_at`].
pub(super) const SEAT: u32 = 2;
/// How many referrals there are at the start.
pub(super) const REFERRALS: u32 = 72;
/// Engagements that have two referrals; one more has three, and the rest have one.
const PAIRS: u32 = 30;

/// Which referral's last change has six digits of a second, and not seven.
const SIX_DIGITS: u32 = 28;

/// Every documented pair of status and substatus.
const STATUSES: [(&str, &str); 7] = [
    ("New", "Pending"),
    ("Active", "Accepted"),
    ("Closed", "Won"),
    ("New", "Received"),
    ("Closed", "Lost"),
    ("Closed", "Declined"),
    ("Closed", "Expired"),
];
const QUALIFICATIONS: [&str; 3] = ["SalesQualified", "MarketingQualified", "None"];
/// Digits as they are sent; the fourth is past what a float can hold, `null` is a deal without a value.
const DEAL_VALUES: [&str; 9] = [
    "50000",
    "0",
    "1234567.89",
    "9007199254740993.01",
    "null",
    "5000",
    "19999.90",
    "0.01",
    "-250.5",
];
/// An enum in one place, a percentage in another: to be taken as text.
const SALES_STAGES: [Option<&str>; 8] = [
    Some("Develop"),
    Some("100"),
    None,
    Some("Qualify"),
    Some("40"),
    Some("Propose"),
    Some("Close"),
    Some(""),
];

/// So many seeded referrals, newest first.
pub(super) fn referrals(count: u32) -> Vec<Row> {
    (0..count)
        .map(|index| Row::new(index, times(index)))
        .collect()
}

/// What the parts of one referral are made from.
pub(super) struct Deal {
    pub(super) index: u32,
    pub(super) engagement: u32,
    pub(super) customer: Company,
    pub(super) contacts: Vec<Person>,
    pub(super) incoming: bool,
    /// A lead from the commercial marketplace: independent, direct, from Microsoft or from nobody.
    pub(super) lead: bool,
    pub(super) status: (&'static str, &'static str),
    /// The second of its creation.
    pub(super) born: Timestamp,
    pub(super) created: String,
    pub(super) updated: String,
}

/// The entry of a list that is gone round again and again.
pub(super) fn turn<T: Copy>(list: &[T], index: u32) -> T {
    list[index as usize % list.len()]
}

/// Pairs first, then the three, then the single ones.
fn engagement_of(index: u32) -> u32 {
    match index {
        0..60 => index % PAIRS,
        60..63 => PAIRS,
        _ => index - 62 + PAIRS,
    }
}

/// When a seeded referral was created and last changed.
fn times(index: u32) -> Times {
    let created_at = world::created_at(SEAT, index);
    // Up to four days later, but not beyond the newest record; the order differs from that of creation.
    let later = (index * 37 % 97).min(index.saturating_mul(28));
    let later = if index.is_multiple_of(3) { 0 } else { later };
    // What happens in all systems at once has no fraction of a second.
    let fraction = if index.is_multiple_of(10) {
        0
    } else {
        turning(index, 1_234_567)
    };
    let updated_fraction = match (later, index) {
        (0, _) => fraction,
        // One sample of the vendor has six digits.
        (_, SIX_DIGITS) => 1_234_560,
        _ => turning(index, 7_654_321),
    };
    let tenth_micros = |digits: i64| SignedDuration::from_nanos(digits * 100);
    Times {
        created: created_at + tenth_micros(fraction),
        updated: created_at
            + SignedDuration::from_hours(later.into())
            + tenth_micros(updated_fraction),
    }
}

/// Seven digits that differ from one index to the next.
fn turning(index: u32, step: i64) -> i64 {
    i64::from(index) * step % 10_000_000
}

fn deal(index: u32, times: Times) -> Deal {
    let engagement = engagement_of(index);
    // Any company but the partner's own.
    let company = 1 + engagement as usize % (COMPANIES.len() - 1);
    let contacts = PEOPLE
        .into_iter()
        .filter(|person| person.company == company)
        .collect();
    let lead = index % 9 == 4;
    // An engagement of two has one referral in each direction, save where one is a lead.
    let incoming = lead || (index + index / PAIRS).is_multiple_of(2);
    let status = match index {
        // Named in the vendor's lists, but in no row of its status table.
        70 => ("None", "None"),
        // In no list: a client has to take what it does not know.
        67 => ("Paused", "OnHold"),
        // Seen in a third party's filter list only.
        66 => ("Closed", "Error"),
        _ => turn(&STATUSES, index),
    };
    Deal {
        index,
        engagement,
        customer: COMPANIES[company],
        contacts,
        incoming,
        lead,
        status,
        born: Timestamp::from_second(times.created.as_second())
            .expect("the seconds of a timestamp are within its range"),
        created: stamp(times.created),
        updated: match index {
            SIX_DIGITS => format!("{:.6}", times.updated),
            _ => stamp(times.updated),
        },
    }
}

/// UTC with seven digits of a second, as the vendor writes times.
pub(super) fn stamp(time: Timestamp) -> String {
    format!("{time:.7}")
}

/// The version of a referral after this write, in the form of the seeded ones.
pub(super) fn etag(id: &str, write: &str) -> String {
    let version = world::id("partner-center/version", &format!("{id}/{write}")).to_string();
    etag_of(&version.replace('-', ""))
}

/// The quotes are part of it.
fn etag_of(version: &str) -> String {
    format!(
        "\"{}-0000-0100-0000-{}0000\"",
        &version[..8],
        &version[8..16]
    )
}

/// A referral as the vendor writes it.
pub(super) fn referral(index: u32, id: &str, times: Times) -> Json {
    let deal = deal(index, times);
    let engagement =
        world::id("partner-center/engagement", &deal.engagement.to_string()).to_string();
    let own = COMPANIES[0];
    let (status, substatus) = deal.status;
    let qualification = if deal.lead {
        "Direct"
    } else {
        turn(&QUALIFICATIONS, index / 2)
    };
    let is_shared = !deal.lead && index % 4 < 2;
    // What nobody touched since its creation was not modified.
    let was_modified = deal.created != deal.updated;
    let modified_via = turn(&[None, Some("API"), Some("Portal")], index).filter(|_| was_modified);
    // "engagments" is the vendor's spelling in all samples but one.
    let links = "https://api.partner.microsoft.com/v1.0/engagments/referrals";
    let related = if index.is_multiple_of(8) {
        format!("{links}?$filter=engagementId eq {engagement}")
    } else {
        format!("{links}?$filter=engagementId eq '{engagement}'")
    };
    let version = id.replace('-', "");
    let mut referral = Json::from(json!({
        "id": id,
        "engagementId": engagement,
        "name": name(&deal),
        "organizationId": company_id(own),
        "organizationName": own.name,
        "externalReferenceId": turn(&[None, Some(""), Some("CRM-4711"), Some("OPP/2026 #7")], index),
        "createdDateTime": deal.created,
        "updatedDateTime": deal.updated,
        "expirationDateTime": (status == "New").then(|| expiry(&deal)),
        // Documented as the time of creation for what the partner itself sent.
        "acceptedDateTime": accepted(&deal),
        "closedDateTime": (status == "Closed").then_some(&deal.updated),
        "status": status,
        "substatus": substatus,
        "statusReason": reason(substatus),
        "qualification": qualification,
        "type": if is_shared { "Shared" } else { "Independent" },
        "referralSource": deal.lead.then_some("AzureMarketplace"),
        "callToAction": deal.lead.then_some("ContactMe"),
    }));
    let rest = Json::from(json!({
        "eTag": etag_of(&version),
        "favorite": index % 6 == 1,
        "campaignId": turn(&[None, Some(""), Some("SPRING-26")], index),
        "salesStage": turn(&SALES_STAGES, index),
        "quality": "Unknown",
        "isSpam": index == 49,
        "direction": if deal.incoming { "Incoming" } else { "Outgoing" },
        "mpnId": (index % 5 != 2).then_some("4711000"),
        "referralProgram": (is_shared && index % 8 == 1).then_some("CoSell"),
        "dealSensitivity": "None",
        "createdVia": turn(&[Some("Portal"), None, Some("API")], index),
        "lastModifiedVia": modified_via,
        // Only an integration has runs.
        "lastRunId": (modified_via == Some("API"))
            .then(|| world::id("partner-center/run", &index.to_string()).to_string()),
        "tags": match index % 7 {
            3 => json!(null),
            5 => json!(["Priority", "FY26"]),
            _ => json!([]),
        },
        "registrationStatus": registrations::status(&deal).unwrap_or("None"),
        "registrations": registrations::registrations(&deal),
        "target": parts::target(&deal),
        "customerProfile": parts::customer_profile(&deal),
        "consent": parts::consent(&deal),
        "details": parts::details(&deal),
        "inviteContext": parts::invite_context(&deal),
        "team": parts::team(&deal),
        "trackingInfo": parts::tracking(&deal),
        "links": {
            "relatedReferrals": {"uri": related, "method": "GET"},
            "self": {"uri": format!("{links}/{id}"), "method": "GET"},
        },
    }));
    // In two parts, since one is past what the macro can hold.
    if let (Json::Object(members), Json::Object(rest)) = (&mut referral, rest) {
        members.extend(rest);
        if let Some(details) = members.get_mut("details") {
            let digits = turn(&DEAL_VALUES, index);
            let value = if digits == "null" {
                Json::Null
            } else {
                Json::Number(digits.to_owned())
            };
            details.set("dealValue", value);
        }
        // Left out rather than empty, as the vendor's samples do.
        if index == 45 {
            members.remove("team");
            members.remove("inviteContext");
        }
    }
    referral
}

fn name(deal: &Deal) -> Option<String> {
    let product = turn(&PRODUCTS, deal.engagement);
    match deal.index {
        31 => None,
        44 => Some(String::new()),
        _ => Some(format!("{product} for {}", deal.customer.name)),
    }
}

/// An unanswered referral expires after fourteen days.
fn expiry(deal: &Deal) -> String {
    stamp(deal.born + SignedDuration::from_hours(14 * 24))
}

fn accepted(deal: &Deal) -> Option<&str> {
    if !deal.incoming {
        return Some(&deal.created);
    }
    let was_accepted = matches!(deal.status.1, "Accepted" | "Won" | "Lost");
    was_accepted.then_some(&deal.updated)
}

fn reason(substatus: &str) -> Option<&'static str> {
    match substatus {
        "Won" => Some("Customer engagement was a success!"),
        "Lost" => Some("Lost to a competitor on price."),
        "Declined" => Some(""),
        "OnHold" => Some("Waiting for the customer's budget."),
        _ => None,
    }
}

/// The same id for a company in every referral.
pub(super) fn company_id(company: Company) -> String {
    world::id("company", company.name).to_string()
}
