//! A client in Rust, typed from `schema.graphql` by the `graphql_client` crate.

use graphql_client::{GraphQLQuery, Response};
use pretty_assertions::assert_eq;
use referral_gateway::sandbox::{Fault, Kind};
use serde_json::json;

use crate::harness::World;
use pipeline::{
    PipelineReferralsNodes as Row, PipelineReferralsNodesDetails as Details,
    PipelineReferralsNodesRecipient as Party, SourceStatus, Vendor,
};
use refer::{CreateReferralInput, NewReferral, NewSaasquatchReferral, UserErrorCode, WriteOutcome};

type DateTime = String;
type Date = String;
type Decimal = String;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "tests/gateway/rust_client.graphql",
    response_derives = "Debug, PartialEq"
)]
struct Pipeline;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "tests/gateway/rust_client.graphql",
    response_derives = "Debug, PartialEq"
)]
struct Refer;

async fn ask<Q: GraphQLQuery>(world: &World, variables: Q::Variables) -> Q::ResponseData {
    let body = serde_json::to_value(Q::build_query(variables)).unwrap();
    let answer = world.post(&body).await;
    let answer: Response<Q::ResponseData> = serde_json::from_value(answer.json).unwrap();
    assert_eq!(answer.errors, None);
    answer.data.unwrap()
}

async fn pages(world: &World) -> Vec<pipeline::PipelineReferrals> {
    let mut pages = Vec::new();
    let mut after = None;
    loop {
        let variables = pipeline::Variables {
            first: Some(100),
            after,
            filter: None,
        };
        let page = ask::<Pipeline>(world, variables).await.referrals;
        let next = page.page_info.end_cursor.clone();
        let is_last = !page.page_info.has_next_page;
        pages.push(page);
        if is_last {
            return pages;
        }
        after = next;
    }
}

#[tokio::test]
async fn a_typed_client_reads_every_page_with_unions_enums_and_exact_amounts() {
    let world = World::start().await;
    let pages = pages(&world).await;
    assert_eq!(pages.len(), 3);
    let rows: Vec<&Row> = pages.iter().flat_map(|page| &page.nodes).collect();
    assert_eq!(rows.len(), 4 * 72);

    let count = |is: fn(&Details) -> bool| rows.iter().filter(|row| is(&row.details)).count();
    assert_eq!(count(|it| matches!(it, Details::IntrozyReferral)), 72);
    assert_eq!(count(|it| matches!(it, Details::PlannrReferral(_))), 72);
    assert_eq!(
        count(|it| matches!(it, Details::PartnerCenterReferral(_))),
        72
    );
    assert_eq!(count(|it| matches!(it, Details::SaasquatchReferral(_))), 72);

    let deals = rows.iter().filter_map(|row| match &row.details {
        Details::PartnerCenterReferral(deal) => Some((row.value.as_ref()?, deal)),
        _ => None,
    });
    let mut worth = 0;
    for (value, deal) in deals {
        assert_eq!(Some(&value.amount), deal.deal_value.as_ref());
        worth += 1;
    }
    assert!(worth > 0, "no deal has a value");
    assert!(
        rows.iter()
            .any(|row| matches!(row.recipient, Some(Party::Person(_))))
    );
}

#[tokio::test]
async fn a_typed_client_is_told_of_a_vendor_that_is_down_beside_the_rows() {
    let world = World::start().await;
    world.sandbox.fault(Fault::new("plannr", Kind::status(503)));
    let pages = pages(&world).await;
    let plannr = pages[0]
        .sources
        .iter()
        .find(|it| it.vendor == Vendor::PLANNR);
    let plannr = plannr.unwrap();
    assert_eq!(plannr.status, SourceStatus::FAILED);
    assert!(plannr.code.is_some());
}

#[tokio::test]
async fn a_typed_client_writes_and_is_told_why_it_is_refused() {
    let world = World::start().await;
    let taken = pages(&world).await;
    let code = taken.iter().flat_map(|page| &page.nodes).find_map(code_of);
    let user = |account: &str| refer::Variables {
        input: CreateReferralInput {
            idempotency_key: None,
            referral: NewReferral::Saasquatch(NewSaasquatchReferral {
                account_id: account.to_owned(),
                user_id: "ada".to_owned(),
                email: Some("ada@example.test".to_owned()),
                first_name: None,
                last_name: None,
                locale: None,
                country_code: None,
                referral_code: code.clone().unwrap(),
            }),
        },
    };
    let made = ask::<Refer>(&world, user("ada")).await.create_referral;
    assert_eq!(made.outcome, WriteOutcome::APPLIED);
    assert_eq!(made.user_errors, []);
    assert!(made.referral.is_some());

    let refused = ask::<Refer>(&world, user("")).await.create_referral;
    assert_eq!(refused.outcome, WriteOutcome::REJECTED);
    let error = &refused.user_errors[0];
    assert_eq!(error.code, UserErrorCode::INVALID);
    let path = ["input", "referral", "saasquatch", "accountId"].map(str::to_owned);
    assert_eq!(error.path, Some(path.to_vec()));
}

fn code_of(row: &Row) -> Option<String> {
    match &row.details {
        Details::SaasquatchReferral(it) => it.referral_code_used.clone(),
        _ => None,
    }
}

#[test]
fn a_typed_client_outlives_new_values_of_enums() {
    let vendor: Vendor = serde_json::from_value(json!("A_FIFTH")).unwrap();
    assert_eq!(vendor, Vendor::Other("A_FIFTH".to_owned()));
}
