//! Facilitators that are added and removed.

use pretty_assertions::assert_eq;

use super::*;

struct Deal {
    sandbox: Sandbox,
    router: Router,
    target: String,
}

impl Deal {
    /// The newest of the seed, which has no facilitators.
    async fn new() -> Self {
        let (sandbox, router) = vendor();
        let row = all(&router).await.remove(0);
        assert_eq!(row["facilitators"], json!([]));
        let target = format!(
            "/api/referral-opps/{}/facilitators",
            row["id"].as_str().unwrap()
        );
        Self {
            sandbox,
            router,
            target,
        }
    }

    async fn add(&self, body: &Value) -> (Answer, Vec<String>) {
        write(&self.sandbox, &self.router, "POST", &self.target, body).await
    }

    async fn remove(&self, id: &str) -> (Answer, Vec<String>) {
        let target = format!("{}/{id}", self.target);
        write(&self.sandbox, &self.router, "DELETE", &target, &Value::Null).await
    }

    async fn rows(&self) -> Vec<Value> {
        let list = get(&self.router, &self.target).await.json;
        list["data"]["facilitators"].as_array().unwrap().clone()
    }

    async fn updated_at(&self) -> Value {
        let target = self.target.strip_suffix("/facilitators").unwrap();
        get(&self.router, target).await.json["data"]["updatedAt"].clone()
    }

    fn set(&self, name: &str, value: &str) {
        self.sandbox.set_switch("introzy", name, value).unwrap();
    }
}

#[tokio::test]
async fn people_and_companies_are_added_and_removed_by_their_rows() {
    let deal = Deal::new().await;
    let [person] = ids(&deal.router, ["Kemi"]).await;
    let (added, problems) = deal
        .add(&json!({ "userId": person, "role": "connector" }))
        .await;
    assert_eq!((added.status.as_u16(), problems.len()), (201, 0));
    assert_eq!(added.json["data"]["user"]["firstName"], "Kemi");
    assert_eq!(added.json["data"]["side"], Value::Null);
    assert_eq!(deal.updated_at().await, "2026-11-02T09:00:00.000Z");

    let companies = get(&deal.router, "/api/companies").await.json;
    let company = &companies["data"]["companies"][0];
    let body = json!({ "companyId": company["id"], "role": "referral_source", "side": "provider" });
    let (second, _) = deal.add(&body).await;
    assert_eq!(second.json["data"]["company"]["name"], company["name"]);
    assert_eq!(
        deal.rows().await,
        [added.json["data"].clone(), second.json["data"].clone()]
    );

    let row = added.json["data"]["id"].as_str().unwrap();
    let (removed, problems) = deal.remove(row).await;
    assert_eq!((removed.status.as_u16(), problems.len()), (200, 0));
    assert_eq!(removed.json["success"], true);
    assert_eq!(deal.rows().await, [second.json["data"].clone()]);
    assert_eq!(deal.remove(row).await.0.status, 404);
    assert_eq!(deal.remove(person.as_str().unwrap()).await.0.status, 404);
    deal.sandbox.reset();
    assert!(deal.rows().await.is_empty());
}

#[tokio::test]
async fn whoever_is_a_facilitator_already_is_refused_with_conflict() {
    let deal = Deal::new().await;
    let [person, other] = ids(&deal.router, ["Kemi", "Liam"]).await;
    let body = json!({ "userId": person, "role": "facilitator", "side": "seeker" });
    assert_eq!(deal.add(&body).await.0.status, 201);
    let body = json!({ "userId": person, "role": "referral_source" });
    let (answer, _) = deal.add(&body).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json["error"]["code"]),
        (409, &json!("CONFLICT"))
    );
    let body = json!({ "userId": other, "role": "referral_source" });
    assert_eq!(deal.add(&body).await.0.status, 201);
}

#[tokio::test]
async fn a_facilitator_is_one_user_or_one_company_with_a_known_role() {
    let deal = Deal::new().await;
    let [id] = ids(&deal.router, ["Kemi"]).await;
    for (body, message) in [
        (
            json!({ "role": "facilitator" }),
            "userId or companyId is required, and not both",
        ),
        (
            json!({ "userId": id, "companyId": id, "role": "facilitator" }),
            "userId or companyId is required, and not both",
        ),
        (
            json!({ "companyId": id, "role": "connector" }),
            "companyId must not be a connector's",
        ),
        (json!({ "userId": id }), "role is required"),
        (
            json!({ "userId": id, "role": "CONNECTOR" }),
            "role must be one of connector, facilitator, referral_source",
        ),
        (
            json!({ "userId": id, "role": "connector", "side": "both" }),
            "side must be one of seeker, provider",
        ),
        (
            json!({ "userId": id, "role": "connector", "side": null }),
            "side must be a string",
        ),
    ] {
        let (answer, problems) = deal.add(&body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(answer.json["error"]["message"], message);
        assert_eq!(problems.len(), 1);
    }
    let nobody = json!({ "userId": "00000000-0000-4000-8000-000000000000", "role": "facilitator" });
    assert_eq!(deal.add(&nobody).await.0.status, 404);
    let nobody = json!({ "companyId": id, "role": "facilitator" });
    assert_eq!(deal.add(&nobody).await.0.status, 404);
    assert!(deal.rows().await.is_empty());
}

#[tokio::test]
async fn successes_have_the_form_of_the_switches() {
    let deal = Deal::new().await;
    let people = ids(&deal.router, ["Kemi", "Liam", "Maya"]).await;
    for (form, person) in ["201", "200", "204"].iter().zip(people) {
        deal.set("facilitator_created", form);
        let (added, _) = deal
            .add(&json!({ "userId": person, "role": "facilitator" }))
            .await;
        assert_eq!(added.status.as_str(), *form);
        assert_eq!(added.bytes.unwrap().is_empty(), *form == "204");
    }
    for (form, row) in ["200", "204"].iter().zip(deal.rows().await) {
        deal.set("facilitator_removed", form);
        let (removed, _) = deal.remove(row["id"].as_str().unwrap()).await;
        assert_eq!(removed.status.as_str(), *form);
        assert_eq!(removed.bytes.unwrap().is_empty(), *form == "204");
    }
    assert_eq!(deal.rows().await.len(), 1);
}
