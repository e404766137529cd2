//! The list: envelope, pages, counts, order and filters.

use pretty_assertions::assert_eq;

use super::*;
use crate::sandbox::world::PEOPLE;

#[tokio::test]
async fn the_envelope_is_the_documented_one() {
    let bench = Bench::new().await;
    let answer = bench.get(LIST).await;
    let body = answer.json();
    assert_eq!(
        body["@odata.context"],
        "http://api.partner.microsoft.com/v1.0/$metadata#Referrals"
    );
    assert_eq!(body["@odata.count"], 72);
    assert_eq!(rows(&body).len(), 72);
    assert!(body.get("@odata.nextLink").is_none());
    assert_eq!(
        answer.header("client-request-id"),
        "11111111-1111-4111-8111-111111111111"
    );
    assert_ne!(
        answer.header("request-id"),
        bench.get(LIST).await.header("request-id")
    );
    assert!(answer.text.contains(r#""dealValue":9007199254740993.01,"#));
    assert!(answer.text.contains(r#""dealValue":19999.90,"#));
}

#[tokio::test]
async fn the_links_lead_through_every_page_once() {
    let bench = Bench::new().await;
    let whole = bench.list(&[]).await;
    for (size, link) in [
        ("2", "working"),
        ("10", "no_engagements"),
        ("10", "relative"),
        ("10", "http_scheme"),
    ] {
        bench.set("page_size", size);
        bench.set("next_link", link);
        assert_eq!(bench.walk(&[]).await, whole, "{link}");
    }
    let options = [
        ("$filter", "status eq 'Closed'"),
        ("$orderby", "updatedDateTime"),
        ("$select", "id,status"),
        ("$top", "23"),
        ("$skip", "1"),
    ];
    let some = bench.walk(&options).await;
    bench.set("page_size", "100");
    assert_eq!(some, bench.list(&options).await);
    assert_eq!(some.len(), 23);
    assert_eq!(some[0].as_object().unwrap().len(), 2);
}

#[tokio::test]
async fn the_link_has_the_host_and_the_mount_point_of_the_request() {
    let bench = Bench::new().await;
    bench.set("page_size", "10");
    let mounted = Router::new().nest("/partner-center", bench.emulator.router());
    let link = |router: Router, path: String| {
        let request = Request::get(path)
            .header("authorization", format!("Bearer {}", bench.token))
            .header("host", "127.0.0.1:4001")
            .body(Body::empty())
            .unwrap();
        async {
            send(router, request).await.json()["@odata.nextLink"]
                .as_str()
                .unwrap()
                .to_owned()
        }
    };
    let start = format!("/partner-center{LIST}");
    let next = link(mounted.clone(), start.clone()).await;
    assert!(
        next.starts_with(
            "http://127.0.0.1:4001/partner-center/v1.0/engagements/referrals?$skiptoken="
        ),
        "{next}"
    );
    bench.set("next_link", "no_engagements");
    let next = link(mounted.clone(), start.clone()).await;
    assert!(
        next.starts_with("http://127.0.0.1:4001/partner-center/v1.0/referrals?$skiptoken="),
        "{next}"
    );
    let path = next.trim_start_matches("http://127.0.0.1:4001").to_owned();
    assert!(
        link(mounted.clone(), path)
            .await
            .starts_with("http://127.0.0.1:4001/partner-center/v1.0/referrals?")
    );
    bench.set("next_link", "foreign_host");
    assert!(
        link(mounted, start)
            .await
            .starts_with("http://api.partner.microsoft.com/v1.0/referrals?")
    );
    assert_eq!(
        bench.get("/v1.0/referrals").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn the_count_is_what_the_switch_says() {
    let bench = Bench::new().await;
    let counts = async |value: &str| {
        bench.set("count", value);
        let plain = bench.get(&uri(&[("$top", "3")])).await.json();
        let asked = bench
            .get(&uri(&[("$top", "3"), ("$count", "true")]))
            .await
            .json();
        (
            plain["@odata.count"].as_u64(),
            asked["@odata.count"].as_u64(),
        )
    };
    assert_eq!(counts("page").await, (Some(3), Some(3)));
    assert_eq!(counts("total").await, (Some(72), Some(72)));
    assert_eq!(counts("on_request").await, (None, Some(72)));
    assert_eq!(counts("absent").await, (None, None));
}

#[tokio::test]
async fn top_may_be_a_page_size_and_may_have_a_limit() {
    let bench = Bench::new().await;
    bench.set("top", "page");
    assert_eq!(bench.list(&[("$top", "7")]).await.len(), 7);
    assert_eq!(bench.walk(&[("$top", "7")]).await.len(), 72);
    bench.set("top_max", "100");
    assert_eq!(
        bench.get(&uri(&[("$top", "101")])).await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn the_order_is_the_one_asked_for() {
    let bench = Bench::new().await;
    let times = async |order: Option<&str>, name: &str| {
        let options: Vec<_> = order.map(|order| ("$orderby", order)).into_iter().collect();
        let rows = bench.list(&options).await;
        let times = texts(&rows, name)
            .iter()
            .map(|text| text.parse::<jiff::Timestamp>().unwrap())
            .collect::<Vec<_>>();
        assert_eq!(times.len(), 72);
        times
    };
    assert!(
        times(Some("createdDateTime"), "createdDateTime")
            .await
            .is_sorted()
    );
    assert!(
        times(Some("updatedDateTime asc"), "updatedDateTime")
            .await
            .is_sorted()
    );
    assert!(
        times(Some("updatedDateTime desc"), "updatedDateTime")
            .await
            .is_sorted_by(|a, b| a >= b)
    );
    assert!(
        !times(Some("updatedDateTime"), "createdDateTime")
            .await
            .is_sorted()
    );
    assert!(
        times(None, "createdDateTime")
            .await
            .is_sorted_by(|a, b| a >= b)
    );
    bench.set("default_order", "oldest");
    assert!(times(None, "createdDateTime").await.is_sorted());
    bench.set("default_order", "unordered");
    assert!(!times(None, "createdDateTime").await.is_sorted());
    for order in [
        "name",
        "createdDateTime down",
        "createdDateTime asc desc",
        "",
    ] {
        assert_eq!(
            bench.get(&uri(&[("$orderby", order)])).await.status,
            StatusCode::BAD_REQUEST,
            "{order}"
        );
    }
}

#[tokio::test]
async fn filters_select_rows_and_bad_options_are_400() {
    let bench = Bench::new().await;
    let all = bench.list(&[]).await;
    let open = bench
        .list(&[(
            "$filter",
            "direction eq 'Incoming' and substatus eq 'Pending'",
        )])
        .await;
    assert!(
        open.len() > 3
            && open
                .iter()
                .all(|row| row["direction"] == "Incoming" && row["substatus"] == "Pending")
    );
    let since = all[20]["updatedDateTime"].as_str().unwrap();
    let changed = bench
        .list(&[("$filter", &format!("updatedDateTime ge {since}"))])
        .await;
    assert!(changed.len() > 10 && changed.len() < 40);
    assert!(changed.iter().any(|row| row["id"] == all[20]["id"]));
    let engagement = all[3]["engagementId"].as_str().unwrap();
    assert_eq!(
        bench
            .list(&[("$filter", &format!("engagementId eq '{engagement}'"))])
            .await
            .len(),
        2
    );
    let ada = PEOPLE[0].email();
    let hers = bench
        .list(&[("$filter", &format!("team/any(t:t/email eq '{ada}')"))])
        .await;
    assert!(!hers.is_empty() && hers.len() < 72);
    for (name, value) in [
        ("$filter", "status eq"),
        ("$top", "-1"),
        ("$skip", "x"),
        ("$count", "1"),
        ("$select", "wrong"),
        ("$skiptoken", "k181"),
        ("$search", "x"),
    ] {
        let answer = bench.get(&uri(&[(name, value)])).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}");
        assert_eq!(answer.json()["error"]["code"], "invalidRequest");
    }
    let noted = bench
        .get(&uri(&[("page", "2"), ("$filter", "name eq 'x'")]))
        .await;
    let problems: Vec<_> = noted.headers.get_all("x-sandbox-problem").iter().collect();
    assert_eq!(
        problems,
        [
            "query parameter page is not documented",
            "$filter on name is not documented"
        ]
    );
}
