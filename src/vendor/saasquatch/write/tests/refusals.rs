//! What comes of a user whom SaaSquatch does not register.

use pretty_assertions::assert_eq;

use super::create::{OPEN, PUT, asked, rejected, vendor};
use super::*;

#[tokio::test]
async fn a_refusal_names_the_field_that_its_code_is_about_and_quotes_no_sentence() {
    let invalid = |path: &str| (ProblemCode::Invalid, path.to_owned());
    let cases = [
        (
            refused(400, "VALIDATION_FAILED", Some("RS034")),
            invalid("referralCode"),
        ),
        (
            refused(400, "VALIDATION_FAILED", Some("RS023")),
            invalid("email"),
        ),
        (
            refused(422, "VALIDATION_FAILED", Some("RS039")),
            invalid("locale"),
        ),
        (refused(400, "X", Some("RS013")), invalid("accountId")),
        (refused(400, "X", Some("RS050")), invalid("userId")),
        (refused(400, "VALIDATION_FAILED", None), invalid("")),
        ((400, "<p>ada</p>".to_owned()), invalid("")),
        (
            refused(404, "X", Some("RS041")),
            (ProblemCode::NotFound, String::new()),
        ),
        (
            refused(409, "X", None),
            (ProblemCode::Conflict, String::new()),
        ),
    ];
    for (put, problem) in cases {
        let world = vendor(put, vec![], vec![]).await;
        let rejection = rejected(world.write(&asked(), &first()).await);
        assert_eq!(says(&rejection.problems), [problem]);
        let message = &rejection.problems[0].message;
        assert!(!message.contains("ada"), "{message}");
        assert_eq!(world.lines(), [OPEN, PUT]);
    }
    let world = vendor(refused(400, "VALIDATION_FAILED", None), vec![], vec![]).await;
    let rejection = rejected(world.write(&asked(), &first()).await);
    let message = &rejection.problems[0].message;
    assert_eq!(
        message,
        "SaaSquatch refuses this input (VALIDATION_FAILED)."
    );
}

#[tokio::test]
async fn what_is_no_refusal_of_this_write_stays_an_error() {
    for (put, kind) in [
        (refused(401, "X", None), Kind::Unauthorized),
        (refused(403, "X", None), Kind::Unauthorized),
        (refused(404, "TENANT_NOT_FOUND", None), Kind::Unauthorized),
        (refused(429, "X", None), Kind::RateLimited),
        (refused(403, "X", Some("RS033")), Kind::RateLimited),
        (refused(500, "X", None), Kind::Unavailable),
    ] {
        let world = vendor(put, vec![], vec![]).await;
        let error = world.write(&asked(), &first()).await.err().unwrap();
        assert_eq!(error.kind, kind);
        assert!(!error.is_unsent(), "{error}");
        assert_eq!(world.lines(), [OPEN, PUT]);
    }
}

#[tokio::test]
async fn a_plain_sentence_of_saasquatchs_is_passed_on() {
    let put = (400, r#"{"message":"firstName is too long."}"#.to_owned());
    let world = vendor(put, vec![], vec![]).await;
    let rejection = rejected(world.write(&asked(), &first()).await);
    let message = &rejection.problems[0].message;
    assert_eq!(
        message,
        "SaaSquatch refuses this input: firstName is too long."
    );
}
