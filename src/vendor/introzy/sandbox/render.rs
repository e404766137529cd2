//! Records as Introzy writes them.
//!
//! <https://introzy-api-docs.apidocumentation.com/api-reference/model/ReferralOpportunity>

use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Introzy;
use super::seed::{
    Company, Facilitator, Note, Opportunity, Party, Person, Pipeline, State, Subject,
};

/// A referral opportunity. The amount is kept as its digits, so that a decimal arrives as it was seeded or sent.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OpportunityBody {
    id: Uuid,
    pipeline_deal_id: Uuid,
    name: String,
    description: Option<String>,
    expected_value: Option<Box<RawValue>>,
    currency: String,
    stage: Value,
    owner: Value,
    seeker: Value,
    provider: Value,
    connector: Value,
    facilitators: Vec<Value>,
    created_at: String,
    updated_at: String,
}

/// The preview of a deal that is not converted yet.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FeePreviewBody {
    is_converted: bool,
    organization_id: Uuid,
    deal_value: Option<Box<RawValue>>,
    expected_value: Option<Box<RawValue>>,
    fee_plans: Vec<Value>,
    estimated_chain_count: usize,
    facilitator_count: usize,
    connector_user_id: Option<Uuid>,
    facilitators: Vec<Value>,
}

pub(super) fn opportunity(app: &Introzy, state: &State, row: &Opportunity) -> OpportunityBody {
    OpportunityBody {
        id: row.id,
        pipeline_deal_id: row.id,
        name: row.name.clone(),
        description: row.description.clone(),
        expected_value: number(row.expected_value.as_deref()),
        currency: row.currency.clone(),
        stage: stage(app, state, row.stage),
        owner: user(state, row.owner),
        seeker: party(app, state, row.seeker),
        provider: party(app, state, row.provider),
        connector: row.connector.map_or(Value::Null, |id| connector(state, id)),
        facilitators: embedded(state, row),
        created_at: time(row.created_at),
        updated_at: time(row.updated_at),
    }
}

/// The facilitators inside a referral: without `createdAt`, which only the list of facilitators has.
fn embedded(state: &State, row: &Opportunity) -> Vec<Value> {
    let rows = row.facilitators.iter();
    rows.map(|row| {
        let mut row = facilitator(state, row);
        if let Some(row) = row.as_object_mut() {
            row.remove("createdAt");
        }
        row
    })
    .collect()
}

pub(super) fn facilitator(state: &State, row: &Facilitator) -> Value {
    json!({
        "id": row.id,
        "userId": row.user,
        "companyId": row.company,
        "role": row.role,
        "side": row.side,
        "createdAt": time(row.created_at),
        "user": row.user.map(|id| user(state, id)),
        "company": row.company.map(|id| company_ref(state, id)),
    })
}

/// <https://introzy-api-docs.apidocumentation.com/introzy-api-documentation/api-endpoints/pipeline-deals-referral-hub>
pub(super) fn fee_preview(state: &State, row: &Opportunity) -> FeePreviewBody {
    // The elements of feePlans are not on any page that could be read.
    let plan = json!({ "id": state.fee_plan, "name": "Standard referral fee", "percentage": 10 });
    FeePreviewBody {
        is_converted: false,
        organization_id: state.organization,
        deal_value: number(row.expected_value.as_deref()),
        expected_value: number(row.expected_value.as_deref()),
        fee_plans: if row.expected_value.is_some() {
            vec![plan]
        } else {
            Vec::new()
        },
        estimated_chain_count: row.facilitators.len(),
        facilitator_count: row.facilitators.len(),
        connector_user_id: row.connector,
        facilitators: embedded(state, row),
    }
}

pub(super) fn converted() -> Value {
    json!({
        "isConverted": true,
        "message": "This deal has already been converted",
        "dealValue": null,
        "expectedValue": null,
        "feePlans": [],
    })
}

pub(super) fn person(state: &State, row: &Person) -> Value {
    let company = row.company.and_then(|id| state.company(id));
    json!({
        "id": row.id,
        "email": row.email,
        "firstName": row.first_name,
        "lastName": row.last_name,
        "phoneNumber": row.phone_number,
        "address": row.address,
        "isFullUser": row.is_full_user,
        "customFields": if row.is_full_user { json!({ "cf_region": "emea" }) } else { json!({}) },
        "company": company.map(|company| json!({
            "id": company.id, "name": company.name, "industry": company.industry,
        })),
        "createdAt": time(row.created_at),
        "updatedAt": time(row.created_at),
    })
}

pub(super) fn company(row: &Company) -> Value {
    json!({
        "id": row.id,
        "name": row.name,
        "description": null,
        "website": row.website,
        "industry": row.industry,
        "address": null,
        "customFields": {},
        "createdAt": time(row.created_at),
        "updatedAt": time(row.created_at),
    })
}

pub(super) fn note(app: &Introzy, state: &State, row: &Note) -> Value {
    let (entity_type, entity_id, deal_id) = match row.subject {
        Subject::Person(id) => (Some("USER"), Some(id), None),
        Subject::Company(id) => (Some("COMPANY"), Some(id), None),
        Subject::Deal(id) if app.is("deal_note_entity", "deal") => {
            (Some("DEAL"), Some(id), Some(id))
        }
        Subject::Deal(id) => (None, None, Some(id)),
    };
    let people = row.people.iter().filter_map(|id| state.person(*id));
    json!({
        "id": row.id,
        "content": row.content,
        "entityType": entity_type,
        "entityId": entity_id,
        "dealId": deal_id,
        "createdByUserId": row.author,
        "organizationId": state.organization,
        "notePeople": people.map(|person| json!({
            "id": person.id, "firstName": person.first_name, "lastName": person.last_name,
        })).collect::<Vec<_>>(),
        "noteCompanies": row.companies.iter().map(|id| company_ref(state, *id)).collect::<Vec<_>>(),
        "createdAt": time(row.created_at),
        "updatedAt": time(row.created_at),
    })
}

/// <https://introzy-api-docs.apidocumentation.com/introzy-api-documentation/api-endpoints/pipelines>
pub(super) fn pipeline(state: &State, row: &Pipeline) -> Value {
    let stages = row.stages.iter().enumerate().map(|(index, stage)| {
        json!({
            "id": stage.id,
            "label": stage.label,
            "color": stage.color,
            "description": stage.description,
            "sortOrder": index,
            "dealCount": deals(state, row, Some(index)),
        })
    });
    json!({
        "id": row.id,
        "type": row.kind.to_uppercase(),
        "name": row.name,
        "description": row.description,
        "stages": stages.collect::<Vec<_>>(),
    })
}

pub(super) fn pipeline_summary(state: &State, row: &Pipeline) -> Value {
    json!({
        "id": row.id,
        "type": row.kind.to_uppercase(),
        "name": row.name,
        "description": row.description,
        "stageCount": row.stages.len(),
        "dealCount": deals(state, row, None),
        "createdAt": time(row.created_at),
    })
}

fn deals(world: &State, pipeline: &Pipeline, stage: Option<usize>) -> usize {
    if pipeline.kind != "referral" {
        return 0;
    }
    let rows = world.opportunities.iter();
    rows.filter(|row| stage.is_none_or(|stage| stage == row.stage))
        .count()
}

fn stage(app: &Introzy, world: &State, index: usize) -> Value {
    let stage = &world.referral_pipeline().stages[index];
    let mut body = json!({ "id": stage.id, "label": stage.label, "color": stage.color });
    if app.is("stage_shape", "reference") {
        body["description"] = json!(stage.description);
        body["sortOrder"] = json!(index);
    }
    body
}

fn party(app: &Introzy, state: &State, party: Party) -> Value {
    let mut body = match party {
        Party::Company(id) => {
            let name = state.company(id).map(|company| company.name);
            return json!({
                "type": "COMPANY", "id": id, "firstName": null, "lastName": null, "email": null,
                "name": name, "company": null,
            });
        }
        Party::User(id) => connector(state, id),
    };
    body["type"] = json!("USER");
    if app.is("party_name", "null") {
        body["name"] = Value::Null;
    }
    body
}

fn connector(state: &State, id: Uuid) -> Value {
    let mut body = user(state, id);
    let company = state.person(id).and_then(|person| person.company);
    body["company"] = company.map_or(Value::Null, |id| company_ref(state, id));
    body
}

fn user(state: &State, id: Uuid) -> Value {
    let person = state.person(id);
    json!({
        "id": id,
        "firstName": person.and_then(|person| person.first_name),
        "lastName": person.and_then(|person| person.last_name),
        "email": person.and_then(|person| person.email.as_deref()),
    })
}

fn company_ref(state: &State, id: Uuid) -> Value {
    json!({ "id": id, "name": state.company(id).map(|company| company.name) })
}

pub(super) fn number(digits: Option<&str>) -> Option<Box<RawValue>> {
    let digits = digits?.to_owned();
    Some(RawValue::from_string(digits).expect("amounts are seeded or were read as JSON numbers"))
}

/// ISO 8601, UTC, milliseconds, `Z`.
pub(super) fn time(at: Timestamp) -> String {
    format!("{at:.3}")
}
