//! A list read where it stands says the same as one whose rows are cut out first.

use std::mem::take;
use std::sync::Arc;
use std::thread;

use proptest::prelude::*;
use serde::Deserialize;

use super::rows::{LONG, cut_and_read, read_list_aside, read_where_it_stands};
use super::{List, Listing, Outcome, Row, Unread, id, integer, list, read_list, sorted_out, text};
use crate::vendor::Unreadable;

#[derive(Debug, Deserialize)]
struct Page {
    #[serde(default)]
    data: Option<Data>,
    #[serde(default, deserialize_with = "integer")]
    status: Option<i64>,
}

#[derive(Debug, Deserialize)]
struct Data {
    #[serde(alias = "others", deserialize_with = "list")]
    rows: Vec<Row>,
    #[serde(default, deserialize_with = "integer")]
    total: Option<i64>,
}

impl List for Page {
    const NAMES: &'static [&'static str] = &["data", "rows", "others"];

    fn take_rows(&mut self) -> Vec<Row> {
        let data = self.data.as_mut();
        data.map(|data| take(&mut data.rows)).unwrap_or_default()
    }
}

#[derive(Debug, Deserialize)]
struct Record {
    #[serde(deserialize_with = "id")]
    id: String,
    #[serde(default, deserialize_with = "text")]
    name: Option<String>,
}

type Seen = (String, Option<String>, String);

fn seen(row: Unread<'_>) -> Option<Outcome<Seen>> {
    row.read(|record: Record, raw| (record.id, record.name, raw.0.to_string()))
}

type Rows = Vec<Result<Arc<Seen>, Unreadable>>;

/// All that a listing says.
fn told(listing: Listing<Page, Seen>) -> (Option<i64>, Option<i64>, Rows) {
    let total = listing.list.data.and_then(|data| data.total);
    (listing.list.status, total, listing.rows)
}

/// Both ways, of which the first may decline.
fn both(json: &[u8]) {
    let cut = cut_and_read(json, &seen).map(told);
    if let Some(stood) = read_where_it_stands(json, &seen) {
        assert_eq!(Ok(told(stood)), cut, "{}", String::from_utf8_lossy(json));
    }
    assert_eq!(read_list(json, seen).map(told), cut);
}

fn stands(json: &str) -> bool {
    both(json.as_bytes());
    read_where_it_stands::<Page, _>(json.as_bytes(), &seen).is_some()
}

#[test]
fn ordinary_lists_are_read_where_they_stand() {
    for json in [
        r#"{"data":{"rows":[]}}"#,
        r#"{"data":{"rows":[{"id":1},{"id":"2","name":"[]},{"}],"total":2},"status":200}"#,
        r#" { "status" : 200 , "data" : { "total" : 2 , "others" : [ { "id" : 1 } , { "id" : 2 } ] } } "#,
    ] {
        assert!(stands(json), "{json}");
    }
}

#[test]
fn an_unreadable_row_costs_itself_alone_where_it_stands() {
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let json = format!(
        r#"{{"data":{{"rows":[{{"id":1}},{{"name":"no id"}},7,null,"x",[{{}}],{deep},{{"id":2,"more":{deep}}},{{"id":3}}]}}}}"#
    );
    assert!(stands(&json));
    let listing = read_list::<Page, _>(json.as_bytes(), seen).unwrap();
    assert_eq!(listing.count(), 9);
    let (readable, unreadable) = sorted_out(listing.rows);
    let ids: Vec<_> = readable.iter().map(|row| row.0.as_str()).collect();
    assert_eq!(ids, ["1", "3"]);
    assert_eq!(unreadable[0].problem, "the field id is missing");
    assert_eq!(unreadable[5].problem, "nested too deeply");
}

#[test]
fn a_row_is_kept_to_the_letter() {
    let row = r#"{ "id" : 1.50,"name":"\u00c5  ","x":[ 9007199254740993.01 ] }"#;
    let json = format!(r#"{{"data":{{"rows":[ {row} , {{"id":2}}]}}}}"#);
    assert!(stands(&json));
    let listing = read_list::<Page, _>(json.as_bytes(), seen).unwrap();
    assert_eq!(listing.rows[0].as_ref().unwrap().2, row);
}

#[test]
fn what_is_out_of_the_ordinary_is_read_the_slow_way() {
    for json in [
        // Another list than that of this kind of answer; and the right one in two places.
        r#"{"rows":[{"id":1}],"data":{"rows":[]}}"#,
        r#"{"rows":[{"id":1}],"data":{"rows":["the rows stood here"]}}"#,
        r#"{"data":{"rows":[{"id":1}],"others":[{"id":2}]}}"#,
        r#"{"data":{"rows":{}}}"#,
        r#"{"data":{"rows":null}}"#,
        r#"{"data":{"total":1}}"#,
        r#"{"data":null}"#,
        r#"{"d\u0061ta":{"rows":[{"id":1}]}}"#,
        // No JSON, or more than JSON.
        r#"{"data":{"rows":[{"id":1},]}}"#,
        r#"{"data":{"rows":[,{"id":1}]}}"#,
        r#"{"data":{"rows":[{"id":1} {"id":2}]}}"#,
        r#"{"data":{"rows":[{"id":1}]}} more"#,
        r#"{"data":{"rows":[{"id":1}]"#,
        r#"{"data":{"rows":["#,
        "",
    ] {
        assert!(!stands(json), "{json}");
    }
    both(b"{\"data\":{\"rows\":[{\"id\":\"\xff\"}]}}");
}

fn value() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "null",
        "1",
        "-2.5e3",
        "true",
        r#""""#,
        r#""a\"],}""#,
        r#""\u00e5\\""#,
        r#""é[{""#,
        "{}",
        "[]",
    ]);
    leaf.prop_map(str::to_owned)
        .prop_recursive(3, 12, 3, |inner| {
            let names = prop::sample::select(vec!["id", "name", "rows", "data", "total", "x"]);
            let members = prop::collection::vec((names, inner.clone()), 0..4);
            prop_oneof![
                prop::collection::vec(inner, 0..4)
                    .prop_map(|items| format!("[{}]", items.join(","))),
                members.prop_map(|members| {
                    let members = members
                        .iter()
                        .map(|(name, it)| format!(r#""{name}": {it}"#));
                    format!("{{{}}}", members.collect::<Vec<_>>().join(" ,"))
                }),
            ]
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn both_ways_of_reading_say_the_same(
        rows in prop::collection::vec(value(), 0..5),
        (before, behind) in (value(), value()),
        cut in prop::option::weighted(0.2, any::<prop::sample::Index>()),
        stray in prop::option::weighted(0.2, (any::<prop::sample::Index>(), 0..6_usize)),
    ) {
        let rows = rows.join(" , ");
        let mut json = format!(r#"{{"x":{before},"data":{{"total":{before},"rows":[{rows}],"y":{behind}}}}}"#).into_bytes();
        if let Some((at, sign)) = stray {
            json.insert(at.index(json.len()), b",]}\"[\\"[sign]);
        }
        if let Some(cut) = cut {
            json.truncate(cut.index(json.len()));
        }
        both(&json);
    }
}

/// The number in the row and the thread that read it.
async fn threads(count: usize) -> Vec<Arc<(String, thread::ThreadId)>> {
    let rows: Vec<_> = (0..count).map(|row| format!(r#"{{"id":{row}}}"#)).collect();
    let json = format!(r#"{{"data":{{"rows":[{}]}}}}"#, rows.join(","));
    let read = |row: Unread<'_>| row.read(|record: Record, _| (record.id, thread::current().id()));
    let listing = read_list_aside::<Page, _>(&json.into(), read).await;
    let rows = listing.unwrap().rows.into_iter();
    rows.map(Result::unwrap).collect()
}

#[tokio::test]
async fn a_long_list_is_read_on_another_thread_and_to_the_same_rows() {
    for (count, is_long) in [(0, false), (30, false), (LONG / 8, true)] {
        let rows = threads(count).await;
        let own = thread::current().id();
        assert!(rows.iter().all(|row| (row.1 != own) == is_long));
        let ids: Vec<_> = rows.into_iter().map(|row| row.0.clone()).collect();
        let expected: Vec<_> = (0..count).map(|row| row.to_string()).collect();
        assert_eq!(ids, expected);
    }
}

#[tokio::test]
#[should_panic(expected = "a row that nobody expected")]
async fn a_panic_over_a_long_list_is_that_of_whoever_reads_it() {
    let row = r#"{"id":1},"#.repeat(LONG);
    let json = format!(r#"{{"data":{{"rows":[{row}{{"id":1}}]}}}}"#);
    let read = |row: Unread<'_>| {
        row.read(|_: Record, _| -> Record { panic!("a row that nobody expected") })
    };
    let _ = read_list_aside::<Page, _>(&json.into(), read).await;
}
