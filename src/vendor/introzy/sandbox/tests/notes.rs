//! New notes.

use pretty_assertions::assert_eq;

use super::*;

#[tokio::test]
async fn a_note_is_listed_with_the_people_and_companies_it_mentions() {
    let (sandbox, router) = vendor();
    // The third newest has no notes.
    let id = all(&router).await[2]["id"].as_str().unwrap().to_owned();
    let target = format!("/api/pipelines/referral/deals/{id}/notes");
    let [person] = ids(&router, ["Kemi"]).await;
    let person = person.as_str().unwrap();
    let companies = get(&router, "/api/companies").await.json;
    let company = companies["data"]["companies"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let content = format!(
        "[@Kemi A](person:{person}) and [@Kemi](person:{person}) of [@X [Y]](company:{company}), \
         [@Z](company:{company}); [@Nobody](person:00000000-0000-4000-8000-000000000000), \
         [plain](person:{person}), [@open](person:{person}"
    );
    let answer = post(&sandbox, &router, &target, &json!({ "content": content })).await;
    assert_eq!(answer.status, 201);
    let note = &answer.json["data"];
    assert_eq!(
        (&note["content"], &note["dealId"]),
        (&json!(content), &json!(id))
    );
    assert_eq!(note["notePeople"].as_array().unwrap().len(), 1);
    assert_eq!(note["notePeople"][0]["firstName"], "Kemi");
    assert_eq!(note["noteCompanies"].as_array().unwrap().len(), 1);
    let listed = get(&router, &target).await.json;
    assert_eq!(listed["data"]["notes"], json!([note]));
    sandbox.reset();
    assert_eq!(get(&router, &target).await.json["data"]["total"], 0);
}

#[tokio::test]
async fn a_note_needs_content_and_a_deal() {
    let (sandbox, router) = vendor();
    let id = all(&router).await[2]["id"].as_str().unwrap().to_owned();
    let target = format!("/api/pipelines/referral/deals/{id}/notes");
    for body in [
        json!({}),
        json!({ "content": "" }),
        json!({ "content": null }),
    ] {
        let (answer, problems) = write(&sandbox, &router, "POST", &target, &body).await;
        assert_eq!((answer.status.as_u16(), problems.len()), (400, 1), "{body}");
    }
    let body = json!({ "content": "x" });
    let other = target.replace("referral", "sales");
    assert_eq!(post(&sandbox, &router, &other, &body).await.status, 404);
    let other = target.replace(&id, "00000000-0000-4000-8000-000000000000");
    assert_eq!(post(&sandbox, &router, &other, &body).await.status, 404);
    sandbox
        .set_switch("introzy", "note_created", "200")
        .unwrap();
    assert_eq!(post(&sandbox, &router, &target, &body).await.status, 200);
}
