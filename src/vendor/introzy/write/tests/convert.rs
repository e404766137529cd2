//! Referrals turned into deals.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use super::*;
use crate::model::{AmountStructure, Conversion};
use crate::vendor::write::refusal;

const PREVIEW: &str = "GET /api/pipeline-deals/deal-1/fee-preview";

pub(super) fn converting() -> Write {
    converting_to(Conversion::default())
}

fn converting_to(conversion: Conversion) -> Write {
    Write::Convert {
        referral: "deal-1".to_owned(),
        conversion,
    }
}

fn preview(is_converted: bool) -> (u16, String) {
    (
        200,
        json!({ "isConverted": is_converted, "feePlans": [] }).to_string(),
    )
}

/// A vendor whose POST answers so, and whose previews say so before and after it.
async fn vendor(posted: (u16, String), before: bool, after: bool) -> World {
    let was_posted = AtomicBool::new(false);
    World::start(move |asked| {
        if asked.method == "POST" {
            was_posted.store(true, Ordering::SeqCst);
            return posted.clone();
        }
        preview(if was_posted.load(Ordering::SeqCst) {
            after
        } else {
            before
        })
    })
    .await
}

#[tokio::test]
async fn a_conversion_is_sent_after_a_look_with_what_was_given() {
    let full = converting_to(Conversion {
        deal_name: Some("Deal".to_owned()),
        deal_description: Some("About".to_owned()),
        trigger_fee_calculation: Some(false),
        amount_structure: Some(AmountStructure::OneTime),
        period_start: Some("2026-01-01".parse().unwrap()),
        period_end: Some("2026-12-31".parse().unwrap()),
    });
    let all = json!({
        "dealName": "Deal", "dealDescription": "About", "triggerFeeCalculation": false,
        "amountStructure": "ONE_TIME", "periodStart": "2026-01-01", "periodEnd": "2026-12-31",
    });
    for (write, expected) in [(full, all), (converting(), json!({}))] {
        let deal =
            r#"{"deal":{"id":"fd-1","name":"Deal","amount":9007199254740993.5},"feeChains":[]}"#;
        let world = vendor((201, deal.to_owned()), false, true).await;
        let effect = applied(world.write(&write, &first()).await);
        assert_eq!(effect.referral_id.as_deref(), Some("deal-1"));
        let deal = effect.deal.unwrap();
        assert_eq!(
            (&*deal.remote_id, deal.name.as_deref()),
            ("fd-1", Some("Deal"))
        );
        assert_eq!(deal.amount.unwrap().to_string(), "9007199254740993.5");
        let convert = "POST /api/pipeline-deals/deal-1/convert";
        assert_eq!(world.lines(), [PREVIEW, convert]);
        assert_eq!(body(&world.sent()), expected);
    }
}

#[tokio::test]
async fn a_deal_in_an_envelope_is_read_too_and_its_parts_may_be_missing() {
    let world = vendor(wrapped(200, &json!({ "deal": { "id": 7 } })), false, true).await;
    let deal = applied(world.write(&converting(), &first()).await)
        .deal
        .unwrap();
    assert_eq!(
        (&*deal.remote_id, deal.name, deal.amount),
        ("7", None, None)
    );
}

#[tokio::test]
async fn a_success_without_a_deal_is_looked_up() {
    for posted in [
        (201, ""),
        (200, r#"{"deal":null}"#),
        (204, ""),
        (201, "<p>"),
    ] {
        let posted = (posted.0, posted.1.to_owned());
        let world = vendor(posted.clone(), false, true).await;
        let effect = applied(world.write(&converting(), &first()).await);
        assert_eq!(
            (effect.referral_id.as_deref(), effect.deal),
            (Some("deal-1"), None)
        );
        assert_eq!(world.lines().len(), 3);

        let world = vendor(posted, false, false).await;
        unknown(world.write(&converting(), &first()).await);
        world.sent();
    }
}

#[tokio::test]
async fn what_is_converted_is_not_converted_again() {
    let world = vendor(refused(500), true, true).await;
    let rejection = rejected(world.write(&converting(), &first()).await);
    assert_eq!(codes(&rejection), [ProblemCode::Conflict]);
    assert!(rejection.problems[0].message.contains("converted already"));
    assert_eq!(world.lines(), [PREVIEW]);
    let world = vendor(refused(500), true, true).await;
    applied(world.write(&converting(), &repeated()).await);
    assert_eq!(world.lines(), [PREVIEW]);
    // Somebody else did it after the look.
    let world = vendor(refused(409), false, true).await;
    let rejection = rejected(world.write(&converting(), &first()).await);
    assert_eq!(codes(&rejection), [ProblemCode::Conflict]);
}

#[tokio::test]
async fn without_a_look_nothing_is_sent() {
    for status in [500, 429, 401] {
        let world = World::start(move |_| refused(status)).await;
        let error = world.write(&converting(), &first()).await.err().unwrap();
        assert!(error.is_unsent(), "{error}");
        assert_eq!(world.lines(), [PREVIEW]);
    }
    // What may not be looked at may not be converted: it is told as the refusal that it is.
    for status in [400, 403] {
        let world = World::start(move |_| refused(status)).await;
        match world.write(&converting(), &first()).await {
            Ok(Written::Rejected(_)) => {}
            Err(error) => assert!(refusal(&error).is_some() && !error.is_unsent(), "{error}"),
            Ok(_) => panic!("{status} is a refusal"),
        }
        assert_eq!(world.lines(), [PREVIEW]);
    }
    let world = World::start(|_| refused(404)).await;
    let rejection = rejected(world.write(&converting(), &first()).await);
    assert_eq!(codes(&rejection), [ProblemCode::NotFound]);
    assert_eq!(world.lines(), [PREVIEW]);
}

#[tokio::test]
async fn the_preview_settles_it_and_it_is_never_sent_again() {
    let world = vendor(refused(500), true, true).await;
    let effect = settled_as_applied(world.settle(&converting(), &first()).await);
    assert_eq!(
        (effect.referral_id.as_deref(), effect.deal),
        (Some("deal-1"), None)
    );
    let world = vendor(refused(500), false, false).await;
    let settled = world.settle(&converting(), &first()).await.unwrap();
    assert!(matches!(
        settled,
        Settled::Absent {
            may_be_sent_again: false
        }
    ));
    assert_eq!(world.lines(), [PREVIEW]);
    let world = World::start(|_| refused(404)).await;
    let settled = world.settle(&converting(), &first()).await.unwrap();
    assert!(matches!(settled, Settled::Rejected(_)));
}

#[tokio::test]
async fn two_conversions_of_one_referral_are_twins_whatever_the_deal_is_to_be() {
    let world = vendor(refused(500), false, false).await;
    let twin = |referral: &str, name: Option<&str>| {
        let write = Write::Convert {
            referral: referral.to_owned(),
            conversion: Conversion {
                deal_name: name.map(str::to_owned),
                ..Conversion::default()
            },
        };
        world.adapter.twin_of(&write).unwrap()
    };
    assert_eq!(twin("deal-a", None), "convert deal-a");
    assert_eq!(twin("DEAL-A", Some("Deal")), twin("deal-a", None));
    assert_ne!(twin("deal-b", None), twin("deal-a", None));
    let note = world.adapter.twin_of(&notes::noting("deal-a"));
    assert_ne!(note.as_deref(), Some("convert deal-a"));
}
