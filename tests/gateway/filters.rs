//! Filters: the same answer as sieving everything in memory, whether the vendor filters or the gateway does.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::harness::World;
use crate::lists::{LIST, walk};

/// A referral, as far as filters look at it.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: String,
    pub vendor: String,
    pub remote_id: String,
    pub status: String,
    pub direction: Option<String>,
    pub moderation: Vec<String>,
    pub created: Option<jiff::Timestamp>,
    pub updated: Option<jiff::Timestamp>,
    pub connection: Option<String>,
    pub engagement: Option<String>,
    pub emails: Vec<String>,
    pub texts: Vec<String>,
}

impl Row {
    pub fn time(&self, field: &str) -> Option<jiff::Timestamp> {
        match field {
            "CREATED_AT" => self.created,
            _ => self.updated,
        }
    }

    /// What decides between rows of the same time.
    pub fn tie(&self) -> (usize, &str) {
        let vendors = ["INTROZY", "PLANNR", "PARTNER_CENTER", "SAASQUATCH"];
        let vendor = vendors.iter().position(|known| *known == self.vendor);
        (vendor.unwrap(), &self.remote_id)
    }
}

/// All referrals, in no order that matters.
pub async fn everything(world: &World) -> Vec<Row> {
    let query = "query($after: String) { referrals(first: 100, after: $after) {
        nodes {
            id vendor remoteId name description status direction createdAt updatedAt
            moderation { referrer referred } connection { id } engagement { id }
            referrer { ...party } referred { ...party } recipient { ...party }
            facilitators(first: 100) { nodes { party { ...party } } }
        }
        pageInfo { hasNextPage endCursor }
    } }
    fragment party on Party { ... on Person { name email } ... on Organization { name } }";
    let (mut rows, mut after) = (Vec::new(), Value::Null);
    loop {
        let data = world.data_with(query, json!({ "after": after })).await;
        let page = &data["referrals"];
        rows.extend(page["nodes"].as_array().unwrap().iter().map(row));
        if page["pageInfo"]["hasNextPage"] == false {
            return rows;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

fn row(node: &Value) -> Row {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let mut parties = vec![&node["referrer"], &node["recipient"]];
    parties.extend(node["referred"].as_array().unwrap());
    if let Some(facilitators) = node["facilitators"]["nodes"].as_array() {
        parties.extend(facilitators.iter().map(|row| &row["party"]));
    }
    let mut texts: Vec<_> = [&node["name"], &node["description"]]
        .into_iter()
        .filter_map(text)
        .collect();
    texts.extend(parties.iter().filter_map(|party| text(&party["name"])));
    let sides = [
        &node["moderation"]["referrer"],
        &node["moderation"]["referred"],
    ];
    Row {
        id: text(&node["id"]).unwrap(),
        vendor: text(&node["vendor"]).unwrap(),
        remote_id: text(&node["remoteId"]).unwrap(),
        status: text(&node["status"]).unwrap(),
        direction: text(&node["direction"]),
        moderation: sides.into_iter().filter_map(text).collect(),
        created: text(&node["createdAt"]).map(|time| time.parse().unwrap()),
        updated: text(&node["updatedAt"]).map(|time| time.parse().unwrap()),
        connection: text(&node["connection"]["id"]),
        engagement: text(&node["engagement"]["id"]),
        emails: parties
            .iter()
            .filter_map(|party| text(&party["email"]))
            .collect(),
        texts,
    }
}

/// The ids of the rows wanted, in the order asked for. The filter is only for the message of a failure.
pub fn expected(
    rows: &[Row],
    _filter: &Value,
    order: &Value,
    wanted: impl Fn(&Row) -> bool,
) -> Vec<String> {
    let field = order["field"].as_str().unwrap();
    let is_descending = order["direction"] == "DESC";
    let mut rows: Vec<&Row> = rows.iter().filter(|row| wanted(row)).collect();
    rows.sort_by(|a, b| {
        let (one, other) = (a.time(field), b.time(field));
        let by_time = if is_descending {
            other.cmp(&one)
        } else {
            one.cmp(&other)
        };
        let by_absence = one.is_none().cmp(&other.is_none());
        by_absence.then(by_time).then_with(|| a.tie().cmp(&b.tie()))
    });
    rows.into_iter().map(|row| row.id.clone()).collect()
}

type Wanted = Box<dyn Fn(&Row) -> bool>;

fn times(rows: &[Row], field: &str) -> (jiff::Timestamp, jiff::Timestamp) {
    let mut times: Vec<_> = rows.iter().filter_map(|row| row.time(field)).collect();
    times.sort();
    (times[times.len() / 4], times[times.len() * 3 / 4])
}

fn cases(rows: &[Row]) -> Vec<(Value, Wanted)> {
    let mut cases: Vec<(Value, Wanted)> = Vec::new();
    for status in [
        "PENDING",
        "ACTIVE",
        "WON",
        "LOST",
        "DECLINED",
        "EXPIRED",
        "UNRECOGNIZED",
    ] {
        cases.push((
            json!({ "status": [status] }),
            Box::new(move |row| row.status == status),
        ));
    }
    cases.push((
        json!({ "status": ["LOST", "PENDING", "LOST"] }),
        Box::new(|row| ["LOST", "PENDING"].contains(&row.status.as_str())),
    ));
    cases.push((json!({ "status": [] }), Box::new(|_| false)));
    for direction in ["SENT", "RECEIVED"] {
        cases.push((
            json!({ "direction": direction }),
            Box::new(move |row| row.direction.as_deref() == Some(direction)),
        ));
    }
    for status in ["PENDING", "APPROVED", "DENIED"] {
        cases.push((
            json!({ "moderation": status }),
            Box::new(move |row| row.moderation.iter().any(|side| side == status)),
        ));
    }
    cases.extend(cases_of_times(rows));
    cases.extend(cases_of_people_and_parents(rows));
    cases
}

fn cases_of_times(rows: &[Row]) -> Vec<(Value, Wanted)> {
    let mut cases: Vec<(Value, Wanted)> = Vec::new();
    for (field, name) in [("CREATED_AT", "created"), ("UPDATED_AT", "updated")] {
        let (low, high) = times(rows, field);
        let (after, before) = (format!("{name}After"), format!("{name}Before"));
        cases.push((
            json!({ (&*after): low.to_string() }),
            Box::new(move |row| row.time(field).is_some_and(|time| time > low)),
        ));
        cases.push((
            json!({ (&*before): high.to_string() }),
            Box::new(move |row| row.time(field).is_some_and(|time| time < high)),
        ));
        cases.push((
            json!({ (&*after): low.to_string(), (&*before): high.to_string(), "direction": "SENT" }),
            Box::new(move |row| row.direction.as_deref() == Some("SENT") && row.time(field).is_some_and(|time| time > low && time < high)),
        ));
    }
    // An offset is another way to write the same time.
    let (low, _) = times(rows, "CREATED_AT");
    let elsewhere = low
        .to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(5)))
        .strftime("%Y-%m-%dT%H:%M:%S%.f%:z")
        .to_string();
    cases.push((
        json!({ "createdAfter": elsewhere }),
        Box::new(move |row| row.created.is_some_and(|time| time > low)),
    ));
    cases
}

fn cases_of_people_and_parents(rows: &[Row]) -> Vec<(Value, Wanted)> {
    let mut cases: Vec<(Value, Wanted)> = Vec::new();
    let mut emails: Vec<String> = rows.iter().flat_map(|row| row.emails.clone()).collect();
    emails.sort();
    emails.dedup();
    for email in [
        emails[0].clone(),
        emails[emails.len() / 2].clone(),
        "nobody@example.test".to_owned(),
    ] {
        for written in [email.clone(), format!(" {} ", email.to_uppercase())] {
            let email = email.to_lowercase();
            cases.push((
                json!({ "email": written }),
                Box::new(move |row| row.emails.iter().any(|known| known.to_lowercase() == email)),
            ));
        }
    }
    for text in [
        "fabrikam",
        "FABRIKAM",
        "löwe & SÖHNE",
        "ÁBACO",
        "山田",
        "zoë",
        "o'neill",
        "%",
        "no such text",
    ] {
        let wanted = text.to_lowercase();
        cases.push((
            json!({ "search": text }),
            Box::new(move |row| {
                row.texts
                    .iter()
                    .any(|known| known.to_lowercase().contains(&wanted))
            }),
        ));
    }
    for row in [
        rows.iter().find(|row| row.connection.is_some()),
        rows.iter().rfind(|row| row.connection.is_some()),
    ] {
        let id = row.unwrap().connection.clone();
        cases.push((
            json!({ "connectionId": id }),
            Box::new(move |row| row.connection == id),
        ));
    }
    for row in [
        rows.iter().find(|row| row.engagement.is_some()),
        rows.iter().rfind(|row| row.engagement.is_some()),
    ] {
        let id = row.unwrap().engagement.clone();
        cases.push((
            json!({ "engagementId": id }),
            Box::new(move |row| row.engagement == id),
        ));
    }
    cases.push((
        json!({ "vendors": ["PARTNER_CENTER", "PLANNR"], "status": ["PENDING"], "direction": "RECEIVED", "search": "a" }),
        Box::new(|row| {
            let said = row.status == "PENDING" && row.direction.as_deref() == Some("RECEIVED");
            said && row.texts.iter().any(|text| text.to_lowercase().contains('a'))
        }),
    ));
    cases
}

#[tokio::test]
async fn a_filter_gives_what_sieving_everything_gives_in_every_order_and_of_every_vendor() {
    let world = World::start().await;
    let rows = everything(&world).await;
    for (filter, wanted) in cases(&rows) {
        for (field, direction, first) in [
            ("CREATED_AT", "DESC", 100),
            ("UPDATED_AT", "ASC", 9),
            ("UPDATED_AT", "DESC", 100),
        ] {
            let order = json!({ "field": field, "direction": direction });
            let given = walk(&world, first, &filter, &order, 0).await;
            assert_eq!(
                given,
                expected(&rows, &filter, &order, &wanted),
                "{filter} {order}"
            );
        }
        let data = world
            .data_with(LIST, json!({ "first": 100, "filter": filter }))
            .await;
        let total = &data["referrals"]["totalCount"];
        if !total.is_null() {
            assert_eq!(
                *total,
                rows.iter().filter(|row| wanted(row)).count(),
                "{filter}"
            );
        }
    }
    for request in world.sandbox.all_requests() {
        assert_eq!(
            request.problems,
            Vec::<String>::new(),
            "{}?{}",
            request.path,
            request.raw_query
        );
    }
}

#[tokio::test]
async fn the_total_is_the_same_on_every_page_and_null_where_a_vendor_cannot_tell() {
    let world = World::start().await;
    let rows = everything(&world).await;
    let mut after = Value::Null;
    for _ in 0..3 {
        let data = world
            .data_with(LIST, json!({ "first": 60, "after": after }))
            .await;
        assert_eq!(data["referrals"]["totalCount"], rows.len());
        after = data["referrals"]["pageInfo"]["endCursor"].clone();
        world.hand.advance(std::time::Duration::from_secs(31));
    }
    let filter = json!({ "vendors": ["PLANNR"], "search": "a" });
    let data = world
        .data_with(LIST, json!({ "first": 1, "filter": filter }))
        .await;
    assert_eq!(data["referrals"]["totalCount"], Value::Null);
}

#[tokio::test]
async fn a_vendor_that_nothing_of_can_pass_is_not_asked() {
    let rows = everything(&World::start().await).await;
    let connection = rows.iter().find_map(|row| row.connection.clone());
    let engagement = rows.iter().find_map(|row| row.engagement.clone());
    let cases = [
        (
            json!({ "direction": "RECEIVED" }),
            vec!["plannr", "partner-center"],
        ),
        (json!({ "moderation": "DENIED" }), vec!["saasquatch"]),
        (json!({ "connectionId": connection }), vec!["plannr"]),
        (
            json!({ "engagementId": engagement }),
            vec!["partner-center"],
        ),
        (
            json!({ "status": ["EXPIRED"] }),
            vec!["plannr", "partner-center"],
        ),
        (
            json!({ "status": ["PENDING"] }),
            vec!["plannr", "partner-center", "saasquatch"],
        ),
        (json!({ "status": [] }), vec![]),
        (
            json!({ "vendors": ["SAASQUATCH"], "direction": "SENT" }),
            vec![],
        ),
    ];
    for (filter, asked) in cases {
        let world = World::start().await;
        let data = world.data_with(LIST, json!({ "filter": filter })).await;
        for (vendor, calls) in world.calls() {
            assert_eq!(calls > 0, asked.contains(&vendor), "{filter} {vendor}");
        }
        for source in data["referrals"]["sources"].as_array().unwrap() {
            let path = source["vendor"]
                .as_str()
                .unwrap()
                .to_lowercase()
                .replace('_', "-");
            let status = if asked.contains(&path.as_str()) {
                "OK"
            } else {
                "UNSUPPORTED"
            };
            assert_eq!(source["status"], status, "{filter} {path}");
        }
    }
}

#[tokio::test]
async fn what_a_vendor_filters_itself_is_asked_of_it() {
    let world = World::start().await;
    let filter = json!({ "vendors": ["PLANNR", "PARTNER_CENTER"], "status": ["PENDING"], "direction": "SENT", "updatedAfter": "2026-03-01T00:00:00Z" });
    world
        .data_with(
            LIST,
            json!({ "filter": filter, "order": { "field": "UPDATED_AT" } }),
        )
        .await;
    let asked = world.asked("plannr");
    let said = ["sort", "filter[status]", "filter[direction]"].map(|name| asked[0].parameter(name));
    assert_eq!(said, [Some("-updated_at"), Some("pending"), Some("sent")]);
    let asked = world.asked("partner-center");
    let list = asked
        .iter()
        .find(|request| request.path.ends_with("/referrals"))
        .unwrap();
    assert_eq!(list.parameter("$orderby"), Some("updatedDateTime desc"));
    assert_eq!(
        list.parameter("$filter"),
        Some(
            "status eq 'New' and direction eq 'Outgoing' and updatedDateTime gt 2026-03-01T00:00:00Z"
        )
    );
}
