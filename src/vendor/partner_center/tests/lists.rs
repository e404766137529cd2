//! Lists: what is asked for, and how they are walked.

use pretty_assertions::assert_eq;

use super::*;
use crate::model::{
    Direction, ModerationStatus, Order, OrderDirection, OrderField, ReferralFilter, ReferralStatus,
};
use crate::vendor::{Native, Next, Plan, Position};

fn list(ids: &[&str], link: Option<&str>) -> (u16, String) {
    let rows: Vec<Value> = ids.iter().map(|id| json!({ "id": id })).collect();
    let mut list: Value = serde_json::from_str(include_str!("../fixtures/list.json")).unwrap();
    list["value"] = rows.into();
    list["@odata.nextLink"] = link.map_or(Value::Null, Value::from);
    (200, list.to_string())
}

fn native(filter: &ReferralFilter, order: Order) -> Native {
    let environment = [
        "PARTNER_CENTER_CLIENT_ID",
        "PARTNER_CENTER_CLIENT_SECRET",
        "PARTNER_CENTER_REFRESH_TOKEN",
    ]
    .map(|name| (name, "x"));
    let connect = stub::connect(None).0;
    let adapter = stub::adapter("partner_center", configure, "", &environment, &connect);
    match adapter.plan_referrals(filter, order) {
        Plan::Paged(native) => native,
        other => panic!("{other:?}"),
    }
}

fn plan(filter: &ReferralFilter) -> Plan {
    super::super::query::plan(filter, Order::default())
}

/// Walks the whole list and gives the ids page by page.
async fn walk(adapter: &dyn Adapter, native: &Native) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut position: Option<Position> = None;
    loop {
        let page = adapter
            .referrals(&call(), native, position.as_ref())
            .await
            .unwrap();
        pages.push(
            page.rows
                .iter()
                .map(|row| row.remote_id.to_string())
                .collect(),
        );
        match page.next {
            Next::End => return pages,
            Next::Then(next) => position = Some(next),
            Next::All(_) => panic!("the pages of this vendor are not known beforehand"),
        }
        assert!(pages.len() < 20, "the list does not end");
    }
}

#[test]
fn order_and_filter_are_asked_in_the_vendors_terms() {
    let order = |field, direction| Order { field, direction };
    let unfiltered = ReferralFilter::default();
    let newest = native(&unfiltered, Order::default());
    assert_eq!(
        newest.query,
        [("$orderby", "createdDateTime desc".to_owned())]
    );
    assert!(newest.exact);
    let oldest = native(
        &unfiltered,
        order(OrderField::UpdatedAt, OrderDirection::Asc),
    );
    assert_eq!(
        oldest.query,
        [("$orderby", "updatedDateTime asc".to_owned())]
    );

    let filter = ReferralFilter {
        status: Some(vec![ReferralStatus::Won, ReferralStatus::Won]),
        direction: Some(Direction::Received),
        engagement_id: Some((Vendor::PartnerCenter, "o'brien".to_owned())),
        updated_after: Some("2026-06-11T13:19:55+01:00".parse().unwrap()),
        updated_before: Some("2026-07-01T00:00:00Z".parse().unwrap()),
        ..ReferralFilter::default()
    };
    let asked = native(&filter, order(OrderField::UpdatedAt, OrderDirection::Desc));
    assert!(asked.exact);
    assert_eq!(
        asked.query,
        [
            ("$orderby", "updatedDateTime desc".to_owned()),
            (
                "$filter",
                "substatus eq 'Won' and direction eq 'Incoming' and engagementId eq 'o''brien' and \
                 updatedDateTime gt 2026-06-11T12:19:55Z and updatedDateTime lt 2026-07-01T00:00:00Z"
                    .to_owned()
            ),
        ]
    );
}

#[test]
fn each_status_has_its_term() {
    for (status, term) in [
        (ReferralStatus::Pending, "status eq 'New'"),
        (ReferralStatus::Active, "status eq 'Active'"),
        (ReferralStatus::Won, "substatus eq 'Won'"),
        (ReferralStatus::Lost, "substatus eq 'Lost'"),
        (ReferralStatus::Declined, "substatus eq 'Declined'"),
        (ReferralStatus::Expired, "substatus eq 'Expired'"),
    ] {
        let filter = ReferralFilter {
            status: Some(vec![status]),
            ..ReferralFilter::default()
        };
        assert_eq!(
            native(&filter, Order::default()).query[1],
            ("$filter", term.to_owned())
        );
    }
}

#[test]
fn what_the_vendor_cannot_say_is_left_to_the_gateway() {
    let base = ReferralFilter::default();
    let time = Some("2026-06-11T12:00:00Z".parse().unwrap());
    for filter in [
        ReferralFilter {
            status: Some(vec![ReferralStatus::Won, ReferralStatus::Lost]),
            ..base.clone()
        },
        ReferralFilter {
            status: Some(vec![ReferralStatus::Unrecognized]),
            ..base.clone()
        },
        ReferralFilter {
            created_after: time,
            ..base.clone()
        },
        ReferralFilter {
            created_before: time,
            ..base.clone()
        },
        ReferralFilter {
            email: Some("a@b.c".to_owned()),
            ..base.clone()
        },
        ReferralFilter {
            search: Some("contoso".to_owned()),
            ..base.clone()
        },
    ] {
        let native = native(&filter, Order::default());
        assert_eq!(native.query.len(), 1, "{filter:?}");
        assert!(!native.exact, "{filter:?}");
    }
}

#[test]
fn a_filter_that_nothing_here_can_pass_asks_nothing() {
    let base = ReferralFilter::default();
    for filter in [
        ReferralFilter {
            vendors: Some(vec![Vendor::Plannr]),
            ..base.clone()
        },
        ReferralFilter {
            status: Some(Vec::new()),
            ..base.clone()
        },
        ReferralFilter {
            moderation: Some(ModerationStatus::Pending),
            ..base.clone()
        },
        ReferralFilter {
            connection_id: Some((Vendor::PartnerCenter, "c".to_owned())),
            ..base.clone()
        },
        ReferralFilter {
            engagement_id: Some((Vendor::Plannr, "e".to_owned())),
            ..base.clone()
        },
    ] {
        assert_eq!(plan(&filter), Plan::RuledOut, "{filter:?}");
    }
}

#[tokio::test]
async fn a_list_is_walked_by_the_vendors_links() {
    let stub = vendor(|asked| {
        let link = |token: &str| {
            let host = asked.header("host").unwrap();
            format!("http://{host}{REFERRALS}?$skiptoken={token}")
        };
        match asked.param("$skiptoken") {
            None => list(&["r1", "r2"], Some(&link("two%2fB"))),
            Some("two/B") => list(&["r3"], Some(&link("three"))),
            _ => list(&["r4"], None),
        }
    })
    .await;
    let native = native(&ReferralFilter::default(), Order::default());
    let pages = walk(&*adapter(&stub), &native).await;
    assert_eq!(pages, [vec!["r1", "r2"], vec!["r3"], vec!["r4"]]);
    let questions: Vec<String> = api_calls(&stub).iter().map(Asked::question).collect();
    assert_eq!(
        questions,
        [
            "$orderby=createdDateTime desc&$top=100",
            "$skiptoken=two/B",
            "$skiptoken=three"
        ]
    );
    let paths: Vec<String> = api_calls(&stub)
        .into_iter()
        .map(|asked| asked.path)
        .collect();
    assert_eq!(paths, [REFERRALS; 3]);
    assert!(
        api_calls(&stub)
            .iter()
            .all(|asked| asked.header("authorization") == Some("Bearer at-1"))
    );
    assert_eq!(token_calls(&stub).len(), 1);
}

#[tokio::test]
async fn each_page_can_be_come_back_to_by_the_rows_before_it() {
    let stub = vendor(|asked| {
        let link = format!("{}{REFERRALS}?$skiptoken=2", asked.origin());
        match asked.param("$skiptoken") {
            None => list(&["r1", "r2"], Some(&link)),
            Some(_) => list(&["r3"], None),
        }
    })
    .await;
    let adapter = adapter(&stub);
    let native = Native::default();
    let first = adapter.referrals(&call(), &native, None).await.unwrap();
    assert_eq!(first.here, Some(Position("skip:0".into())));
    assert_eq!(first.total, None);
    let Next::Then(next) = first.next else {
        panic!("there is a link")
    };
    let second = adapter
        .referrals(&call(), &native, Some(&next))
        .await
        .unwrap();
    assert_eq!(second.here, Some(Position("skip:2".into())));
    adapter
        .referrals(&call(), &native, second.here.as_ref())
        .await
        .unwrap();
    assert_eq!(api_calls(&stub)[2].question(), "$top=100&$skip=2");
    let odd = Position("page:two".into());
    let refused = adapter
        .referrals(&call(), &native, Some(&odd))
        .await
        .unwrap_err();
    assert_eq!(refused.kind, Kind::Rejected);
}

#[tokio::test]
async fn a_link_with_another_path_is_tried_and_then_asked_at_the_documented_one() {
    let stub = vendor(
        |asked| match (asked.path.as_str(), asked.param("$skiptoken")) {
            (REFERRALS, None) => list(
                &["r1"],
                Some(&format!(
                    "{}/v1.0/referrals?$skiptoken=k181",
                    asked.origin()
                )),
            ),
            (REFERRALS, Some("k181")) => list(&["r2"], None),
            _ => (404, String::new()),
        },
    )
    .await;
    let pages = walk(&*adapter(&stub), &Native::default()).await;
    assert_eq!(pages, [["r1"], ["r2"]]);
    let asked: Vec<(String, String)> = api_calls(&stub)
        .into_iter()
        .map(|asked| (asked.path.clone(), asked.question()))
        .collect();
    assert_eq!(
        asked[1],
        ("/v1.0/referrals".to_owned(), "$skiptoken=k181".to_owned())
    );
    assert_eq!(
        asked[2],
        (REFERRALS.to_owned(), "$skiptoken=k181".to_owned())
    );
    assert_eq!(asked.len(), 3);
}

#[tokio::test]
async fn a_link_to_a_foreign_host_is_never_followed() {
    let stub = vendor(|asked| match asked.param("$skip") {
        None => list(
            &["r1", "r2"],
            Some("http://api.partner.microsoft.com/v1.0/referrals?$skiptoken=k181"),
        ),
        Some("1") => list(&["r2", "r3"], None),
        Some(_) => (500, String::new()),
    })
    .await;
    let native = native(&ReferralFilter::default(), Order::default());
    let pages = walk(&*adapter(&stub), &native).await;
    // The last row of the page before comes again: by it a reader sees that none before it is gone.
    assert_eq!(pages, [vec!["r1", "r2"], vec!["r2", "r3"]]);
    assert_eq!(
        api_calls(&stub)[1].question(),
        "$orderby=createdDateTime desc&$top=100&$skip=1"
    );
}

#[tokio::test]
async fn a_full_page_without_a_link_is_not_taken_for_the_end() {
    let stub = vendor(|asked| {
        let start: usize = asked.param("$skip").map_or(0, |skip| skip.parse().unwrap());
        let ids: Vec<String> = (start..130.min(start + 100))
            .map(|n| format!("r{n}"))
            .collect();
        list(&ids.iter().map(String::as_str).collect::<Vec<_>>(), None)
    })
    .await;
    let pages = walk(&*adapter(&stub), &Native::default()).await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [100, 31]);
    assert_eq!(pages.concat().last().unwrap(), "r129");
}

#[tokio::test]
async fn a_list_of_one_page_tells_its_total() {
    let stub = vendor(|_| {
        (
            200,
            json!({"@odata.count": 7, "value": [{"id": "r1"}, {"name": "no id"}, {"id": "r3"}]})
                .to_string(),
        )
    })
    .await;
    let page = adapter(&stub)
        .referrals(&call(), &Native::default(), None)
        .await
        .unwrap();
    assert_eq!((page.rows.len(), page.unreadable.len()), (2, 1));
    assert_eq!(page.total, Some(3));
    assert_eq!(page.next, Next::End);
}

#[tokio::test]
async fn a_page_whose_link_leads_to_itself_is_the_last() {
    let stub = vendor(|asked| {
        list(
            &["r1"],
            Some(&format!("{}{REFERRALS}?$skiptoken=same", asked.origin())),
        )
    })
    .await;
    let pages = walk(&*adapter(&stub), &Native::default()).await;
    assert_eq!(pages.len(), 2);
}

#[tokio::test]
async fn a_body_that_is_no_list_is_no_empty_list() {
    for body in ["{}", r#"{"error":"no"}"#, "[]"] {
        let stub = vendor(move |_| (200, body.to_owned())).await;
        let error = adapter(&stub)
            .referrals(&call(), &Native::default(), None)
            .await
            .unwrap_err();
        assert_eq!(error.kind, Kind::InvalidResponse, "{body}");
    }
}

#[tokio::test]
async fn an_engagement_is_all_the_pages_of_its_referrals() {
    let stub = vendor(|asked| {
        let link = format!("{}{REFERRALS}?$skiptoken=2", asked.origin());
        match asked.param("$skiptoken") {
            None => list(&["r1", "r2"], Some(&link)),
            Some(_) => list(&["r3"], None),
        }
    })
    .await;
    let page = adapter(&stub)
        .engagement(&call(), "37ef'26aa")
        .await
        .unwrap();
    let ids: Vec<&str> = page.rows.iter().map(|row| &*row.remote_id).collect();
    assert_eq!(ids, ["r1", "r2", "r3"]);
    assert_eq!((page.next, page.total), (Next::End, Some(3)));
    assert_eq!(
        api_calls(&stub)[0].question(),
        "$filter=engagementId eq '37ef''26aa'&$top=100"
    );
}

#[tokio::test]
async fn an_engagement_without_an_end_is_given_up_after_ten_pages() {
    let stub = vendor(|asked| {
        let page: u32 = asked
            .param("$skiptoken")
            .map_or(1, |page| page.parse().unwrap());
        list(
            &["r"],
            Some(&format!(
                "{}{REFERRALS}?$skiptoken={}",
                asked.origin(),
                page + 1
            )),
        )
    })
    .await;
    let page = adapter(&stub).engagement(&call(), "e").await.unwrap();
    assert_eq!((page.rows.len(), page.total), (10, None));
    assert!(matches!(page.next, Next::Then(_)));
    assert_eq!(api_calls(&stub).len(), 10);
}

#[tokio::test]
async fn a_place_that_names_something_else_than_referrals_reads_referrals() {
    let stub = vendor(|_| list(&["r1"], None)).await;
    let elsewhere = Position("link:0:/v1.0/profile?$skiptoken=1".into());
    let page = adapter(&stub)
        .referrals(&call(), &Native::default(), Some(&elsewhere))
        .await
        .unwrap();
    assert_eq!(page.rows.len(), 1);
    let asked = api_calls(&stub);
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].path, REFERRALS);
    assert_eq!(asked[0].question(), "$skiptoken=1");
}
