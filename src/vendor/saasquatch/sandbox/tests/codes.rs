//! Codes that are applied to users who are there.

use pretty_assertions::assert_eq;

use super::*;

#[tokio::test]
async fn a_code_that_is_applied_refers_a_user_who_is_there() {
    let bench = Bench::new();
    let user = json!({ "id": "u", "accountId": "a" });
    bench.write("PUT", "/open/account/a/user/u", &user).await;
    let path = "/open/code/ADAOKORO/account/a/user/u";
    let list = "/open/referrals?referredAccountId=a&referredUserId=u";
    for _ in 0..2 {
        let applied = bench.write("POST", path, &json!({})).await;
        assert_eq!((applied.status, applied.problems.len()), (200, 0));
        assert_eq!(applied.json()["code"], "ADAOKORO");
        assert_eq!(bench.rows(list).await.len(), 1);
    }
    let open = bench.get("/open/account/a/user/u").await.json();
    assert_eq!(open["referredByCodes"], json!(["ADAOKORO"]));
}

#[tokio::test]
async fn a_code_is_applied_only_to_somebody_by_somebody() {
    let bench = Bench::new();
    let key = || ("authorization", basic("", API_KEY));
    for (path, header, status) in [
        ("/open/code/NONE/account/acct-100/user/user-100", key(), 404),
        ("/open/code/BOBMARSH/account/none/user/none", key(), 404),
        (
            "/open/code/BOBMARSH/account/acct-100/user/user-100",
            ("x-none", String::new()),
            401,
        ),
    ] {
        let answer = bench.write_with("POST", path, header, &json!({})).await;
        assert_eq!(answer.status, status, "{path}");
    }
    let path = "/open/code/BOBMARSH/account/acct-100/user/user-100";
    let answer = bench.write("POST", path, &json!([])).await;
    assert_eq!(answer.status, 400);
}
