//! The mapping, on what is missing, odd or new.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::*;
use crate::vendor::partner_center::schema;
use crate::vendor::wire::{read_list, sorted_out};

fn read(json: &Value) -> Referral {
    record(serde_json::from_str(&json.to_string()).unwrap()).unwrap()
}

fn details(referral: &Referral) -> schema::PartnerCenterReferral {
    super::details(&referral.raw).value
}

#[test]
fn a_record_of_nothing_but_an_id_is_read_and_nulls_say_the_same() {
    let bare = read(&json!({"id": "r1"}));
    let mut nulls = json!({"id": "r1"});
    for field in [
        "engagementId",
        "name",
        "organizationId",
        "organizationName",
        "externalReferenceId",
        "createdDateTime",
        "updatedDateTime",
        "expirationDateTime",
        "acceptedDateTime",
        "closedDateTime",
        "status",
        "substatus",
        "statusReason",
        "qualification",
        "type",
        "referralSource",
        "callToAction",
        "eTag",
        "favorite",
        "campaignId",
        "salesStage",
        "quality",
        "isSpam",
        "direction",
        "mpnId",
        "referralProgram",
        "dealSensitivity",
        "createdVia",
        "lastModifiedVia",
        "lastRunId",
        "tags",
        "registrationStatus",
        "registrations",
        "target",
        "customerProfile",
        "consent",
        "details",
        "inviteContext",
        "team",
        "trackingInfo",
    ] {
        nulls[field] = Value::Null;
    }
    let nulls = read(&nulls);
    assert_eq!(
        Referral {
            raw: bare.raw.clone(),
            ..nulls
        },
        bare
    );
    assert_eq!(bare.status, ReferralStatus::Unrecognized);
    assert_eq!(bare.vendor_status, None);
    assert_eq!(bare.facilitators, Facilitators::Embedded(Box::default()));
    assert!(bare.referred.is_empty() && bare.referrer.is_none() && bare.recipient.is_none());
    let always = [ReferralAction::Update, ReferralAction::AddFacilitator];
    assert_eq!(*bare.allowed_actions, always);
    assert!(bare.complete);
}

#[test]
fn an_empty_text_counts_as_none() {
    let referral = read(&json!({
        "id": "r1", "externalReferenceId": "", "name": "", "salesStage": "", "details": {"notes": ""},
        "customerProfile": {"name": "", "size": ""}, "campaignId": "",
    }));
    assert_eq!(referral.external_reference, None);
    assert_eq!(
        (referral.name.as_ref(), referral.description.as_ref()),
        (None, None)
    );
    assert_eq!(referral.stage, None);
    assert!(referral.referred.is_empty());
    let profile = details(&referral).customer_profile.unwrap();
    assert_eq!((profile.size, profile.size_text.as_ref()), (None, None));
    assert_eq!(details(&referral).campaign_id, None);
}

#[test]
fn status_and_substatus_together_make_the_status() {
    for (status, substatus, expected) in [
        ("New", "Pending", ReferralStatus::Pending),
        ("New", "Received", ReferralStatus::Pending),
        ("Active", "Accepted", ReferralStatus::Active),
        ("Closed", "Won", ReferralStatus::Won),
        ("Closed", "Lost", ReferralStatus::Lost),
        ("Closed", "Declined", ReferralStatus::Declined),
        ("Closed", "Expired", ReferralStatus::Expired),
        ("Closed", "Error", ReferralStatus::Unrecognized),
        ("None", "None", ReferralStatus::Unrecognized),
        ("Paused", "Won", ReferralStatus::Unrecognized),
    ] {
        let referral = read(&json!({"id": "r1", "status": status, "substatus": substatus}));
        assert_eq!(referral.status, expected, "{status}/{substatus}");
        assert_eq!(
            referral.vendor_status,
            Some(format!("{status}/{substatus}").into())
        );
    }
}

#[test]
fn a_word_that_is_in_no_list_is_unrecognized_and_stays_readable() {
    let referral = read(&json!({
        "id": "r1", "type": "Joint", "qualification": "AiQualified", "status": "Paused", "substatus": "Error",
        "direction": "Sideways", "target": [{"type": "Tenant", "id": "t1"}],
        "customerProfile": {"size": "7employees", "ids": [{"profileType": "Vat", "id": "1"}]},
        "details": {"requirements": {"solutions": [{"type": "Bundle"}]}},
        "inviteContext": {"assistanceRequestCode": "Magic"},
    }));
    assert_eq!(referral.direction, None);
    let details = details(&referral);
    assert_eq!(
        details.kind,
        Some(schema::PartnerCenterReferralType::Unrecognized)
    );
    assert_eq!(details.type_text.as_deref(), Some("Joint"));
    assert_eq!(
        details.qualification,
        Some(schema::PartnerCenterQualification::Unrecognized)
    );
    assert_eq!(details.qualification_text.as_deref(), Some("AiQualified"));
    assert_eq!(
        details.status,
        Some(schema::PartnerCenterStatus::Unrecognized)
    );
    assert_eq!(
        details.substatus,
        Some(schema::PartnerCenterSubstatus::Unrecognized)
    );
    assert_eq!(
        details.target[0].kind,
        Some(schema::PartnerCenterTargetType::Unrecognized)
    );
    assert_eq!(details.target[0].type_text.as_deref(), Some("Tenant"));
    let profile = details.customer_profile.as_ref().unwrap();
    assert_eq!(
        profile.size,
        Some(schema::PartnerCenterCompanySize::Unrecognized)
    );
    assert_eq!(profile.size_text.as_deref(), Some("7employees"));
    assert_eq!(
        profile.ids[0].kind,
        Some(schema::PartnerCenterCustomerIdType::Unrecognized)
    );
    assert_eq!(profile.ids[0].type_text.as_deref(), Some("Vat"));
    let solution = &details.requirements.as_ref().unwrap().solutions[0];
    assert_eq!(
        solution.kind,
        Some(schema::PartnerCenterSolutionType::Unrecognized)
    );
    assert_eq!(solution.type_text.as_deref(), Some("Bundle"));
    let context = details.invite_context.as_ref().unwrap();
    assert_eq!(
        context.assistance_request,
        Some(schema::PartnerCenterAssistanceRequest::Unrecognized)
    );
    assert_eq!(context.assistance_request_text.as_deref(), Some("Magic"));
}

#[test]
fn oddly_typed_values_that_say_the_same_are_read() {
    for ids in [json!({}), json!([]), Value::Null] {
        let referral = read(&json!({
            "id": 7, "salesStage": 100, "isSpam": "false", "customerProfile": {"name": "Contoso", "ids": ids},
            "details": {"dealValue": "10000", "currency": "USD"},
        }));
        assert_eq!(&*referral.remote_id, "7");
        assert_eq!(&*referral.stage.as_ref().unwrap().label, "100");
        let value = referral.value.as_ref().unwrap();
        assert_eq!(
            (value.amount.to_string(), &*value.currency),
            ("10000".to_owned(), "USD")
        );
        assert_eq!(details(&referral).is_spam, Some(false));
        assert!(
            details(&referral)
                .customer_profile
                .as_ref()
                .unwrap()
                .ids
                .is_empty()
        );
    }
}

#[test]
fn an_amount_without_a_currency_is_no_money_but_stays_in_the_details() {
    let referral = read(
        &json!({"id": "r1", "details": {"dealValue": 9_007_199_254_740_993_u64, "currency": ""}}),
    );
    assert_eq!(referral.value, None);
    assert_eq!(
        details(&referral).deal_value.as_ref().unwrap().to_string(),
        "9007199254740993"
    );
}

#[test]
fn an_incoming_referral_comes_from_who_invited_and_goes_to_the_own_organization() {
    let referral = read(&json!({
        "id": "r1", "direction": "Incoming", "organizationId": "own", "organizationName": "Contoso",
        "inviteContext": {"invitedBy": {"organizationId": "msft", "organizationName": "Microsoft"}},
        "target": [{"type": "SolutionProfile", "id": "SOL-1"}],
    }));
    let organization =
        |id: &str, name: &str| Some(Party::Organization(Organization::new(Some(id), Some(name))));
    assert_eq!(referral.direction, Some(Direction::Received));
    assert_eq!(referral.referrer, organization("msft", "Microsoft"));
    assert_eq!(referral.recipient, organization("own", "Contoso"));
}

#[test]
fn team_members_have_keys_of_their_own_even_without_or_with_the_same_address() {
    let referral = read(&json!({"id": "r1", "team": [
        {"firstName": "Ada", "email": "Ada.Okoro@Example.test"}, {"firstName": "Bo"}, {"firstName": "Cy", "email": "ada.okoro@example.TEST"},
    ]}));
    let Facilitators::Embedded(rows) = &referral.facilitators else {
        panic!("the team is in the record")
    };
    let keys: Vec<&str> = rows.iter().map(|row| &*row.key).collect();
    assert_eq!(keys, ["ada.okoro@example.test", "#1", "#2"]);
    assert_eq!(rows[0].party.email(), Some("Ada.Okoro@Example.test"));
    assert_eq!(rows[1].party.name().as_deref(), Some("Bo"));
}

#[test]
fn what_is_allowed_follows_status_type_and_team() {
    use ReferralAction::{AddFacilitator, Approve, Deny, RemoveFacilitator, Share, Update};
    let team = json!([{"email": "a@b.c"}]);
    for (status, kind, team, expected) in [
        (
            "New",
            "Independent",
            Value::Null,
            vec![Approve, Deny, Update, AddFacilitator],
        ),
        (
            "New",
            "Shared",
            team.clone(),
            vec![
                Approve,
                Deny,
                Update,
                AddFacilitator,
                RemoveFacilitator,
                Share,
            ],
        ),
        (
            "Active",
            "Independent",
            team.clone(),
            vec![Update, AddFacilitator, RemoveFacilitator],
        ),
        (
            "Active",
            "Shared",
            Value::Null,
            vec![Update, AddFacilitator, Share],
        ),
        (
            "Paused",
            "Independent",
            Value::Null,
            vec![Update, AddFacilitator],
        ),
        ("Closed", "Shared", team, vec![]),
    ] {
        let referral = read(&json!({"id": "r1", "status": status, "type": kind, "team": team}));
        assert_eq!(*referral.allowed_actions, expected, "{status} {kind}");
    }
}

#[test]
fn an_unreadable_row_costs_itself_alone() {
    let page = json!([{"id": "r1"}, {"id": "r2", "createdDateTime": "last week"}, {"name": "no id"}, {"id": null}, {"id": "r5"}]);
    let page = json!({ "value": page }).to_string();
    let listing = read_list::<wire::ReferralList, _>(page.as_bytes(), referral).unwrap();
    let (readable, unreadable) = sorted_out(listing.rows);
    let ids: Vec<&str> = readable.iter().map(|row| &*row.remote_id).collect();
    assert_eq!(ids, ["r1", "r5"]);
    let paths: Vec<&str> = unreadable.iter().map(|row| row.path.as_str()).collect();
    assert_eq!(paths, ["createdDateTime", ".", "id"]);
    assert_eq!(unreadable[1].problem, "the field id is missing");
}
