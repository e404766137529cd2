//! The objects inside of a seeded referral.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::seed::{Deal, company_id, turn};
use super::tags::{ASSISTANCE, CATEGORIES, INDUSTRIES, PRODUCTS, SERVICES, SIZES};
use crate::sandbox::world::{COMPANIES, PEOPLE, Person};

const CURRENCIES: [&str; 5] = ["USD", "GBP", "EUR", "JPY", "CAD"];

pub(super) fn target(deal: &Deal) -> Value {
    if deal.incoming {
        return if deal.index % 16 == 6 {
            json!([{"type": "None", "id": ""}])
        } else {
            json!([])
        };
    }
    if deal.index % 4 == 1 {
        return json!([{"type": "BusinessProfileLocation", "id": "msft"}]);
    }
    json!([{"type": "SolutionProfile", "id": format!("SOL-{}-EBB", 34_104 + deal.engagement)}])
}

/// Documented with two letters, and with a link to the list that has three.
fn country(deal: &Deal) -> &'static str {
    if deal.index % 6 != 5 {
        return deal.customer.country;
    }
    match deal.customer.country {
        "GB" => "GBR",
        "US" => "USA",
        "ES" => "ESP",
        "DE" => "DEU",
        "CA" => "CAN",
        "JP" => "JPN",
        "IE" => "IRL",
        other => other,
    }
}

pub(super) fn customer_profile(deal: &Deal) -> Value {
    let duns = format!("{:09}", 150_483_782 + deal.engagement);
    let ids = match deal.index % 4 {
        0 => json!([]),
        1 => json!({}),
        2 => json!([{"profileType": "Duns", "id": duns}]),
        _ => {
            json!([{"profileType": "External", "id": "crm-17"}, {"profileType": "Duns", "id": duns}])
        }
    };
    let team: Vec<Value> = deal
        .contacts
        .iter()
        .map(|person| member(*person, deal.index))
        .collect();
    json!({
        "name": deal.customer.name,
        "size": if deal.index % 13 == 12 { json!(null) } else { json!(turn(&SIZES, deal.index)) },
        "isMatchingComplete": deal.index.is_multiple_of(2),
        "address": {
            "addressLine1": format!("{} Harbour Street", deal.engagement + 1),
            "addressLine2": turn(&[None, Some(""), Some("34")], deal.index),
            "city": "Redmond",
            "state": turn(&[Some("WA"), None, Some("")], deal.index),
            "postalCode": "98052",
            "country": country(deal),
            "region": (deal.index % 9 == 3).then_some("Pacific Northwest"),
        },
        "team": if deal.index % 17 == 16 { json!([]) } else { json!(team) },
        "ids": ids,
    })
}

fn member(person: Person, index: u32) -> Value {
    let mut member = json!({
        "firstName": person.first_name,
        "lastName": person.last_name,
        "phoneNumber": if index % 5 == 3 { json!(null) } else { json!(person.phone()) },
        "email": person.email(),
    });
    if index % 3 != 2 {
        member["contactPreference"] =
            json!({"locale": "en-us", "disableNotifications": index % 2 == 1});
    }
    if index.is_multiple_of(4) {
        member["title"] = json!("Head of Partnerships");
        member["emailValidationStatus"] = json!("Unknown");
        member["phoneValidationStatus"] = json!("Unknown");
    }
    member
}

/// The partner's own people; some referrals have nobody yet.
pub(super) fn team(deal: &Deal) -> Value {
    match deal.index % 8 {
        7 => json!([]),
        3 => json!([member(PEOPLE[1], deal.index)]),
        5 => json!([member(PEOPLE[0], deal.index)]),
        _ => json!([
            member(PEOPLE[0], deal.index),
            member(PEOPLE[1], deal.index + 1)
        ]),
    }
}

/// The double "To" is the vendor's spelling. One sample has a single flag.
pub(super) fn consent(deal: &Deal) -> Value {
    if deal.index % 11 == 10 {
        return json!({"consentToContact": true});
    }
    json!({
        "consentToToShareInfoWithOthers": deal.index.is_multiple_of(2),
        "consentToContact": !deal.index.is_multiple_of(5),
        "consentToShareReferralWithMicrosoftSellers": deal.index % 4 < 2,
        "consentToMicrosoftToContactSpecificPartners": turn(&[None, Some(true), Some(false)], deal.index),
    })
}

pub(super) fn details(deal: &Deal) -> Value {
    let notes = match deal.index % 6 {
        4 => json!(null),
        5 => json!(""),
        _ => json!(format!(
            "{} asks for help with a migration.\nBudget is approved.",
            deal.customer.name
        )),
    };
    json!({
        "notes": notes,
        "currency": if deal.index % 9 == 4 { json!(null) } else { json!(turn(&CURRENCIES, deal.index)) },
        "closingDateTime": (deal.index % 4 != 3).then(|| midnight_after(deal, 90)),
        "customerRequestedContact": if deal.lead { Some(true) } else { (deal.index % 9 == 5).then_some(false) },
        "customerAction": deal.lead.then_some("Purchase"),
        "incentiveLevel": turn(&[Some("None"), None], deal.index),
        "requirements": requirements(deal),
    })
}

/// The start of a day so many days after the deal was created, as dates without a time are written.
fn midnight_after(deal: &Deal, days: i64) -> String {
    let day = deal.born + SignedDuration::from_hours(days * 24);
    day.strftime("%Y-%m-%dT00:00:00Z").to_string()
}

fn requirements(deal: &Deal) -> Value {
    let index = deal.index;
    if index == 62 {
        return json!(null);
    }
    let solution = match index % 12 {
        // Written as the newer sample does, without the type.
        9 => json!({"id": "SOL-34104-EBB", "name": "Harbour Claims"}),
        10 => json!({"id": "", "name": "Something else", "type": "None"}),
        11 => json!({
            "id": "SOL-34105-EBB", "name": "Harbour Ledger", "type": "Name", "price": 99.5, "quantity": 3,
            "currency": "GBP", "publisherName": COMPANIES[0].name, "solutionType": "IPCoSell",
            "closingDateTime": (index % 24 == 11).then(|| midnight_after(deal, 60)),
        }),
        _ => {
            json!({"id": turn(&CATEGORIES, index), "name": turn(&CATEGORIES, index), "type": "Category"})
        }
    };
    let spare = json!({
        "id": turn(&CATEGORIES, index + 25), "name": turn(&CATEGORIES, index + 25), "type": "Category",
    });
    json!({
        "industries": [{"id": turn(&INDUSTRIES, index)}],
        "products": [{"id": turn(&PRODUCTS, deal.engagement)}, {"id": turn(&PRODUCTS, index)}],
        "services": [{"id": turn(&SERVICES, index)}],
        "solutions": [solution, spare],
        // Only the names of these two are known: their items have the form of their neighbours.
        "offers": match index % 10 {
            0 | 5 => json!(null),
            3 => json!([{"id": "AzureMigrationAssessment", "name": "Azure migration assessment"}]),
            _ => json!([]),
        },
        "salesPlays": match index % 8 {
            2 => json!([{"id": "MigrateAndModernize", "name": "Migrate and modernize"}]),
            6 => json!([]),
            _ => json!(null),
        },
        "additionalRequirements": {
            "iot": null,
            "attributes": if index % 10 == 1 { json!([{"type": "SolutionArea", "id": "Infrastructure"}]) } else { json!([]) },
        },
    })
}

/// Microsoft's organization is the literal `msft`, without a name in the vendor's samples.
pub(super) fn invite_context(deal: &Deal) -> Value {
    let partner = COMPANIES[1 + (deal.engagement as usize + 4) % (COMPANIES.len() - 1)];
    let invited_by = match (deal.incoming, deal.index % 4) {
        (true, 0) if deal.lead => json!(null),
        (true, 0 | 1) => json!({"organizationId": "msft"}),
        (true, 2) => json!({"organizationId": "msft", "organizationName": "Microsoft"}),
        (true, _) => {
            json!({"organizationId": company_id(partner), "organizationName": partner.name})
        }
        (false, _) => {
            json!({"organizationId": company_id(COMPANIES[0]), "organizationName": COMPANIES[0].name})
        }
    };
    json!({
        "notes": turn(&[Some("Hi, hoping you can help this customer."), None, Some("")], deal.index),
        "assistanceRequestCode": turn(&ASSISTANCE, deal.index),
        // Neither the partner itself nor Microsoft is invited by such an id.
        "invitedMpnId": (!deal.incoming && deal.index % 4 == 3).then(|| (4_712_000 + deal.engagement).to_string()),
        "invitedBy": invited_by,
    })
}

pub(super) fn tracking(deal: &Deal) -> Value {
    // Only what a customer in the USA buys can be with Microsoft's sellers to its government.
    let is_federal = deal.customer.country == "US" && deal.index.is_multiple_of(2);
    // The oldest deals are from the tool that came before.
    let was_migrated = deal.index >= 60 && deal.index.is_multiple_of(3);
    json!({
        "microsoftMsxId": (deal.index % 12 == 2).then(|| format!("7-{:07}", 1_000_000 + deal.index)),
        "microsoftUSFedOpportunityId": (is_federal && deal.status.0 == "Active")
            .then(|| format!("FED-OPP-{:06}", 310_000 + deal.index)),
        "microsoftUSFedLeadId": is_federal.then(|| format!("FED-LEAD-{:06}", 120_000 + deal.index)),
        "migratedPSCDealId": was_migrated.then(|| (5_100_000 + deal.index).to_string()),
        "migratedPSCPartnerDealId": was_migrated.then(|| (6_200_000 + deal.index).to_string()),
    })
}
