//! The mapping, on the published sample and on what real answers make of it.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::*;
use crate::vendor::partner_center::schema;
use crate::vendor::wire::Row;

const SAMPLE: &str = include_str!("../fixtures/referral.json");

fn read(json: &str) -> Referral {
    record(serde_json::from_str(json).unwrap()).unwrap()
}

/// The sample with some fields replaced.
fn sample_with(changes: Value) -> Referral {
    let mut record: Value = serde_json::from_str(SAMPLE).unwrap();
    let Value::Object(changes) = changes else {
        panic!("changes are an object")
    };
    for (field, value) in changes {
        record[field] = value;
    }
    read(&record.to_string())
}

fn details(referral: &Referral) -> schema::PartnerCenterReferral {
    super::details(&referral.raw).value
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "every expected value is an option"
)]
fn text<T: From<&'static str>>(text: &'static str) -> Option<T> {
    Some(text.into())
}

fn member(
    first: &'static str,
    last: &'static str,
    phone: &'static str,
    email: &'static str,
) -> schema::PartnerCenterMember {
    schema::PartnerCenterMember {
        first_name: text(first),
        last_name: text(last),
        phone_number: text(phone),
        email: text(email),
        title: None,
        contact_preference: Some(schema::PartnerCenterContactPreference {
            locale: text("en-us"),
            disable_notifications: Some(false),
        }),
        email_validation_status: None,
        phone_validation_status: None,
    }
}

fn person_of(first: &str, last: &str, phone: &str, email: &str, company: Option<&str>) -> Party {
    Party::from(PersonTexts {
        remote_id: None,
        name: Some(&format!("{first} {last}")),
        first_name: Some(first),
        last_name: Some(last),
        email: Some(email),
        phone: Some(phone),
        organization: company.map(|name| Organization::new(None, Some(name))),
    })
}

fn organization_of(id: Option<&str>, name: Option<&str>) -> Party {
    Party::Organization(Organization::new(id, name))
}

const NOTES: &str = "Customer is looking to leverage Dynamics 365 to manage their supply chain. There is also a need to leverage a set of custom apps to enable their business processes.";

#[test]
fn every_field_of_the_published_sample_is_where_it_belongs() {
    let raw: Row = serde_json::from_str(SAMPLE).unwrap();
    let time = Some("2019-02-23T02:05:23.2931817Z".parse().unwrap());
    let company = "Contoso Customer Inc";
    let expected = Referral {
        vendor: Vendor::PartnerCenter,
        remote_id: "4111fffc-f9ee-4d53-bba6-569135228642".into(),
        name: text("Test Cosell Invite_20"),
        description: text(NOTES),
        status: ReferralStatus::Active,
        vendor_status: text("Active/Accepted"),
        stage: None,
        direction: None,
        value: Some(Money {
            amount: 50_000.into(),
            currency: "USD".into(),
        }),
        referrer: Some(organization_of(Some("msft"), None)),
        referred: [
            organization_of(None, Some(company)),
            person_of(
                "Sue",
                "Smith",
                "1234567890",
                "sue.smith@contoso.com",
                Some(company),
            ),
            person_of(
                "Joe",
                "Hansen",
                "4035698759",
                "joe.hansen@contoso.com",
                Some(company),
            ),
        ]
        .into(),
        recipient: None,
        facilitators: Facilitators::Embedded(Box::new([Facilitator {
            vendor: Vendor::PartnerCenter,
            referral_id: "4111fffc-f9ee-4d53-bba6-569135228642".into(),
            key: "john.doe@microsoft.com".into(),
            remote_id: None,
            role: FacilitatorRole::TeamMember,
            side: None,
            party: person_of("John", "Doe", "1231231234", "john.doe@microsoft.com", None),
            created_at: None,
        }])),
        has_notes: false,
        connection_id: None,
        engagement_id: text("37ef26aa-1d15-4533-9f93-a69bd33ab1e5"),
        moderation: None,
        allowed_actions: [
            ReferralAction::Update,
            ReferralAction::AddFacilitator,
            ReferralAction::RemoveFacilitator,
            ReferralAction::Share,
        ]
        .into(),
        external_reference: None,
        created_at: time,
        updated_at: time,
        expires_at: None,
        closed_at: None,
        version: text("\"00006d10-0000-0000-0000-5c70aa630000\""),
        raw: Json::from(raw),
        complete: true,
    };
    assert_eq!(read(SAMPLE), expected);
    assert_eq!(details(&expected), sample_details());
}

#[expect(
    clippy::too_many_lines,
    reason = "one line for each field of the sample"
)]
fn sample_details() -> schema::PartnerCenterReferral {
    schema::PartnerCenterReferral {
        kind: Some(schema::PartnerCenterReferralType::Shared),
        type_text: text("Shared"),
        status: Some(schema::PartnerCenterStatus::Active),
        substatus: Some(schema::PartnerCenterSubstatus::Accepted),
        status_reason: text("Customer engagement was a success!"),
        qualification: Some(schema::PartnerCenterQualification::SalesQualified),
        qualification_text: text("SalesQualified"),
        organization: Some(schema::PartnerCenterOrganization {
            remote_id: text("7d23e5ca-19dc-4eaa-aac8-5e6b559f0d1d"),
            name: text("Contoso Company"),
        }),
        target: vec![schema::PartnerCenterTarget {
            kind: Some(schema::PartnerCenterTargetType::SolutionProfile),
            type_text: text("SolutionProfile"),
            remote_id: text("SOL-34104-EBB"),
        }],
        customer_profile: Some(schema::PartnerCenterCustomerProfile {
            name: text("Contoso Customer Inc"),
            size: Some(schema::PartnerCenterCompanySize::From10To50),
            size_text: text("10to50employees"),
            is_matching_complete: None,
            address: Some(schema::PartnerCenterAddress {
                address_line1: text("One Microsoft Way"),
                address_line2: text("34"),
                city: text("Redmond"),
                state: text("WA"),
                postal_code: text("98052"),
                country: text("US"),
                region: None,
            }),
            team: vec![
                member("Sue", "Smith", "1234567890", "sue.smith@contoso.com"),
                member("Joe", "Hansen", "4035698759", "joe.hansen@contoso.com"),
            ],
            ids: Vec::new(),
        }),
        consent: Some(schema::PartnerCenterConsent {
            share_info_with_others: Some(true),
            contact: Some(true),
            share_with_microsoft_sellers: None,
            microsoft_may_contact_partners: None,
        }),
        deal_value: Some(50_000.into()),
        currency: text("USD"),
        closing_date: None,
        customer_requested_contact: None,
        customer_action: None,
        incentive_level: None,
        requirements: Some(schema::PartnerCenterRequirements {
            industries: vec!["Manufacturing".to_owned()],
            products: vec!["Dynamics365Enterprise".to_owned()],
            services: vec!["DeploymentOrMigration".to_owned()],
            solutions: vec![schema::PartnerCenterSolution {
                remote_id: text("Dynamics365forFieldService"),
                name: text("Dynamics 365 for Field Service"),
                kind: Some(schema::PartnerCenterSolutionType::Category),
                type_text: text("Category"),
                price: None,
                quantity: None,
                currency: None,
                publisher_name: None,
                solution_type: None,
                closing_date: None,
            }],
            offers: None,
            sales_plays: None,
            attributes: Vec::new(),
            additional_requirements: None,
        }),
        team: vec![member(
            "John",
            "Doe",
            "1231231234",
            "john.doe@microsoft.com",
        )],
        invite_context: Some(schema::PartnerCenterInviteContext {
            notes: text(
                "Hi ABC Partner, hoping you can help this customer. Thanks, John @ Microsoft",
            ),
            assistance_request: None,
            assistance_request_text: None,
            invited_mpn_id: None,
            invited_by: Some(schema::PartnerCenterOrganization {
                remote_id: text("msft"),
                name: None,
            }),
        }),
        sales_stage: None,
        e_tag: text("\"00006d10-0000-0000-0000-5c70aa630000\""),
        accepted_date: None,
        campaign_id: None,
        favorite: None,
        quality: None,
        is_spam: None,
        mpn_id: None,
        referral_program: None,
        deal_sensitivity: None,
        created_via: None,
        last_modified_via: None,
        last_run_id: None,
        tags: Vec::new(),
        registration_status: None,
        registrations: Vec::new(),
        tracking_info: None,
        referral_source: None,
        call_to_action: None,
    }
}

#[test]
fn the_fields_that_only_later_generations_have_are_read() {
    let referral = sample_with(json!({
        "direction": "Outgoing", "externalReferenceId": "CRM-7", "expirationDateTime": "2019-03-09T00:00:00Z",
        "acceptedDateTime": "2019-02-24T00:00:00Z", "closedDateTime": "2019-03-01T10:00:00Z",
        "campaignId": "C1", "favorite": true, "salesStage": "Develop", "quality": "Unknown", "isSpam": false,
        "mpnId": "123", "referralProgram": "Co-sell", "dealSensitivity": "None", "createdVia": "app",
        "lastModifiedVia": "web", "lastRunId": "r1", "tags": ["a", "b"], "registrationStatus": "ReviewPending",
        "referralSource": "Marketplace", "callToAction": "ContactMe",
        "trackingInfo": {"microsoftMsxId": "1", "microsoftUSFedOpportunityId": "2", "microsoftUSFedLeadId": "3",
            "migratedPSCDealId": "4", "migratedPSCPartnerDealId": "5"},
        "consent": {"consentToShareReferralWithMicrosoftSellers": true, "consentToMicrosoftToContactSpecificPartners": false},
        "inviteContext": {"assistanceRequestCode": "QuotesOrLicensing", "invitedMpnId": "77"},
    }));
    assert_eq!(referral.direction, Some(Direction::Sent));
    assert_eq!(referral.external_reference, text("CRM-7"));
    assert_eq!(
        referral.expires_at.unwrap().to_string(),
        "2019-03-09T00:00:00Z"
    );
    assert_eq!(
        referral.closed_at.unwrap().to_string(),
        "2019-03-01T10:00:00Z"
    );
    let stage = referral.stage.clone().unwrap();
    assert_eq!(
        (stage.remote_id, &*stage.label, stage.color),
        (None, "Develop", None)
    );
    let own = organization_of(
        Some("7d23e5ca-19dc-4eaa-aac8-5e6b559f0d1d"),
        Some("Contoso Company"),
    );
    assert_eq!(referral.referrer, Some(own));
    assert_eq!(
        referral.recipient,
        Some(organization_of(Some("SOL-34104-EBB"), None))
    );

    let mut expected = sample_details();
    expected.accepted_date = Some("2019-02-24T00:00:00Z".parse().unwrap());
    expected.campaign_id = text("C1");
    expected.favorite = Some(true);
    expected.sales_stage = text("Develop");
    expected.quality = text("Unknown");
    expected.is_spam = Some(false);
    expected.mpn_id = text("123");
    expected.referral_program = text("Co-sell");
    expected.deal_sensitivity = text("None");
    expected.created_via = text("app");
    expected.last_modified_via = text("web");
    expected.last_run_id = text("r1");
    expected.tags = vec!["a".to_owned(), "b".to_owned()];
    expected.registration_status = text("ReviewPending");
    expected.referral_source = text("Marketplace");
    expected.call_to_action = text("ContactMe");
    expected.tracking_info = Some(schema::PartnerCenterTrackingInfo {
        microsoft_msx_id: text("1"),
        microsoft_us_fed_opportunity_id: text("2"),
        microsoft_us_fed_lead_id: text("3"),
        migrated_psc_deal_id: text("4"),
        migrated_psc_partner_deal_id: text("5"),
    });
    expected.consent = Some(schema::PartnerCenterConsent {
        share_info_with_others: None,
        contact: None,
        share_with_microsoft_sellers: Some(true),
        microsoft_may_contact_partners: Some(false),
    });
    expected.invite_context = Some(schema::PartnerCenterInviteContext {
        notes: None,
        assistance_request: Some(schema::PartnerCenterAssistanceRequest::QuotesOrLicensing),
        assistance_request_text: text("QuotesOrLicensing"),
        invited_mpn_id: text("77"),
        invited_by: None,
    });
    assert_eq!(details(&referral), expected);
}

#[test]
fn requirements_and_a_customers_ids_are_read_in_full() {
    let referral = sample_with(json!({
        "customerProfile": {"name": "Contoso", "isMatchingComplete": true, "address": {"region": "West"},
            "team": [{"email": "a@b.c", "title": "CTO", "emailValidationStatus": "Valid", "phoneValidationStatus": "None"}],
            "ids": [{"profileType": "Duns", "id": ""}, {"profileType": "External", "id": "6-EC3LOVPHK"}]},
        "details": {"closingDateTime": "2022-02-25T00:00:00Z", "customerRequestedContact": true, "customerAction": "Asked",
            "incentiveLevel": "High", "requirements": {"industries": null, "products": [], "services": null,
                "solutions": [{"id": "SOL-1", "type": "None", "price": 0.1, "quantity": 3, "currency": "EUR",
                    "publisherName": "P", "solutionType": "IP", "closingDateTime": "2022-02-26T00:00:00Z"}],
                "offers": [{"id": "O1"}], "salesPlays": [],
                "additionalRequirements": {"iot": null, "attributes": [{"type": "SolutionArea", "id": "AI"}]}}},
    }));
    let details = details(&referral);
    let profile = details.customer_profile.unwrap();
    assert_eq!(profile.is_matching_complete, Some(true));
    assert_eq!(profile.address.unwrap().region, text("West"));
    assert_eq!(profile.team[0].title, text("CTO"));
    assert_eq!(profile.team[0].email_validation_status, text("Valid"));
    assert_eq!(profile.team[0].phone_validation_status, text("None"));
    let ids: Vec<_> = profile
        .ids
        .into_iter()
        .map(|id| (id.kind, id.type_text, id.remote_id))
        .collect();
    assert_eq!(
        ids,
        [
            (
                Some(schema::PartnerCenterCustomerIdType::Duns),
                text("Duns"),
                None
            ),
            (
                Some(schema::PartnerCenterCustomerIdType::External),
                text("External"),
                text("6-EC3LOVPHK")
            ),
        ]
    );
    assert_eq!(
        details.closing_date.unwrap().to_string(),
        "2022-02-25T00:00:00Z"
    );
    assert_eq!(details.customer_requested_contact, Some(true));
    assert_eq!(details.customer_action, text("Asked"));
    assert_eq!(details.incentive_level, text("High"));
    let requirements = details.requirements.unwrap();
    assert!(requirements.industries.is_empty() && requirements.sales_plays.is_none());
    assert_eq!(*requirements.offers.unwrap().0, *r#"[{"id":"O1"}]"#);
    assert_eq!(requirements.attributes[0].kind, text("SolutionArea"));
    assert_eq!(requirements.attributes[0].value, text("AI"));
    assert!(
        requirements
            .additional_requirements
            .unwrap()
            .0
            .contains("SolutionArea")
    );
    let solution = &requirements.solutions[0];
    assert_eq!(solution.kind, Some(schema::PartnerCenterSolutionType::None));
    assert_eq!(solution.price.as_ref().unwrap().to_string(), "0.1");
    assert_eq!(solution.quantity.as_ref().unwrap().to_string(), "3");
    assert_eq!(solution.currency, text("EUR"));
    assert_eq!(solution.publisher_name, text("P"));
    assert_eq!(solution.solution_type, text("IP"));
    assert_eq!(
        solution.closing_date.unwrap().to_string(),
        "2022-02-26T00:00:00Z"
    );
}

#[test]
fn a_deal_registration_is_read_in_full() {
    let referral = sample_with(json!({"registrations": [{
        "id": "R1", "type": "AzureIPCoSell", "registrationDateTime": "2023-01-01T00:00:00Z", "status": "Passed", "statusReason": "ok",
        "contract": {"currency": "USD", "startDateTime": "2023-01-02T00:00:00Z", "endDateTime": "2023-01-03T00:00:00Z",
            "signDateTime": "2023-01-04T00:00:00Z", "term": "Perpetual", "value": 100},
        "solutionDetails": [{"id": "SOL-1", "name": "S", "currency": "USD", "value": 100.5, "isDeployedOnAzure": true,
            "primaryDeploymentOn": "Customer", "pricingModel": "PayAsYouGo",
            "marketplaceTransactionDetails": {"isMarketplaceTransacted": false, "marketplaceTransactionDateTime": null}}],
        "statusHistory": {"reviewPendingDateTime": "2023-01-05T00:00:00Z", "actionRequiredDateTime": "2023-01-06T00:00:00Z",
            "passedDateTime": "2023-01-07T00:00:00Z", "failedDateTime": null, "approvedDateTime": "2023-01-08T00:00:00Z"},
    }]}));
    let day = |day: &str| Some(format!("2023-01-{day}T00:00:00Z").parse().unwrap());
    let expected = schema::PartnerCenterRegistration {
        remote_id: text("R1"),
        kind: text("AzureIPCoSell"),
        registered_at: day("01"),
        status: text("Passed"),
        status_reason: text("ok"),
        contract: Some(schema::PartnerCenterRegistrationContract {
            value: Some(100.into()),
            currency: text("USD"),
            starts_at: day("02"),
            ends_at: day("03"),
            signed_at: day("04"),
            term: text("Perpetual"),
        }),
        solutions: vec![schema::PartnerCenterRegistrationSolution {
            remote_id: text("SOL-1"),
            name: text("S"),
            value: Some("100.5".parse().unwrap()),
            currency: text("USD"),
            is_deployed_on_azure: Some(true),
            primary_deployment_on: text("Customer"),
            pricing_model: text("PayAsYouGo"),
            marketplace_transaction: Some(schema::PartnerCenterMarketplaceTransaction {
                is_transacted: Some(false),
                transacted_at: None,
            }),
        }],
        history: Some(schema::PartnerCenterRegistrationHistory {
            review_pending_at: day("05"),
            action_required_at: day("06"),
            passed_at: day("07"),
            failed_at: None,
            approved_at: day("08"),
        }),
    };
    assert_eq!(details(&referral).registrations, [expected]);
}
