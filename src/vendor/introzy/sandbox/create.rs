//! A new referral opportunity.
//!
//! <https://introzy-api-docs.apidocumentation.com/api-reference/tag/referral-opportunities/post/api/referral-opps>

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::answer::Failure;
use super::routes::Answer;
use super::seed::{self, Facilitator, Opportunity, Party};
use super::writes::conflict;
use super::{Introzy, render};
use crate::sandbox::{Document, Problems, Query};

const FIELDS: [&str; 8] = [
    "seekerId",
    "providerId",
    "connectorId",
    "name",
    "description",
    "expectedValue",
    "currency",
    "productId",
];

/// What was asked for, within the documented limits.
struct Wanted {
    seeker: Uuid,
    provider: Uuid,
    connector: Option<Uuid>,
    name: Option<String>,
    description: Option<String>,
    expected_value: Option<String>,
    currency: String,
    product: Option<Uuid>,
}

pub(super) async fn create(
    State(app): State<Introzy>,
    query: Query,
    problems: Problems,
    document: Document,
) -> Answer {
    app.accept(&query, &problems, &document)?;
    let wanted = read(&app, &document)?;
    app.create(wanted)
}

fn read(app: &Introzy, document: &Document) -> Result<Wanted, Failure> {
    let fields = document.object();
    let undocumented = fields.documented(&FIELDS);
    fields.required(&["seekerId", "providerId"]);
    let (seeker, provider) = (fields.uuid("seekerId"), fields.uuid("providerId"));
    if seeker.is_some() && seeker == provider && app.is("same_party", "refuse") {
        fields.complain("providerId", "must not be the seeker");
    }
    let expected_value = fields.number("expectedValue");
    let is_negative = expected_value
        .as_deref()
        .is_some_and(|digits| digits.starts_with('-'));
    if is_negative {
        fields.complain("expectedValue", "must be at least 0");
    }
    let wanted = Wanted {
        seeker: seeker.unwrap_or_default(),
        provider: provider.unwrap_or_default(),
        connector: fields.uuid("connectorId"),
        name: fields.text_of("name", 0..=200),
        description: fields.text_of("description", 0..=1000),
        expected_value,
        currency: fields
            .text_of("currency", 3..=3)
            .unwrap_or_else(|| "USD".to_owned()),
        product: fields.uuid("productId"),
    };
    app.check(document, &undocumented)?;
    Ok(wanted)
}

impl Introzy {
    /// No call lists products, so any id is taken for one.
    fn create(&self, wanted: Wanted) -> Result<Response, Failure> {
        let now = self.setup.clock.now();
        let mut state = self.state();
        let caller = state.caller();
        let connector = wanted.connector.unwrap_or(caller);
        for (id, what) in [
            (wanted.seeker, "Seeker"),
            (wanted.provider, "Provider"),
            (connector, "Connector"),
        ] {
            if state.person(id).is_none() {
                return Err(self.unknown(what));
            }
        }
        if state
            .opportunities
            .iter()
            .any(|row| self.blocks(row, &wanted))
        {
            return Err(conflict(
                "A referral opportunity already exists between this seeker and provider",
            ));
        }
        let (seeker, provider) = (Party::User(wanted.seeker), Party::User(wanted.provider));
        let name = wanted.name.unwrap_or_else(|| {
            let names = [seeker, provider].map(|party| seed::party_name(&state, party));
            names.join(" → ")
        });
        let id = state.next_id("introzy.referral");
        let mut row = Opportunity {
            id,
            name,
            description: wanted.description,
            expected_value: wanted.expected_value,
            currency: wanted.currency,
            stage: 0,
            owner: caller,
            seeker,
            provider,
            connector: Some(connector),
            product: wanted.product,
            facilitators: self.first_facilitators(&mut state, connector, seeker),
            is_converted: false,
            created_at: now,
            updated_at: now,
        };
        let hidden = if self.is("auto_facilitators", "absent") {
            std::mem::take(&mut row.facilitators)
        } else {
            Vec::new()
        };
        let body = render::opportunity(self, &state, &row);
        row.facilitators.extend(hidden);
        // Rows can be from the future, in worlds that have grown.
        let position = state
            .opportunities
            .partition_point(|row| row.created_at > now);
        state.opportunities.insert(position, row);
        drop(state);
        Ok(self.done(
            StatusCode::CREATED,
            body,
            "Referral opportunity created successfully",
        ))
    }

    /// Whether this referral makes the wanted one a duplicate.
    fn blocks(&self, row: &Opportunity, wanted: &Wanted) -> bool {
        if row.is_converted && self.is("converted_pair", "free") {
            return false;
        }
        let (seeker, provider) = (Party::User(wanted.seeker), Party::User(wanted.provider));
        let pair = (row.seeker, row.provider);
        let is_exchanged = pair == (provider, seeker) && self.is("duplicate_pair", "unordered");
        let is_product = row.product == wanted.product || self.is("duplicate_pair", "any_product");
        is_product && (pair == (seeker, provider) || is_exchanged)
    }

    /// The connector, "and auto-added referral sources where applicable": of which the pages say no more.
    fn first_facilitators(
        &self,
        state: &mut seed::State,
        connector: Uuid,
        seeker: Party,
    ) -> Vec<Facilitator> {
        let created_at = self.setup.clock.now();
        let mut rows = vec![Facilitator {
            id: state.next_id("introzy.facilitator"),
            user: Some(connector),
            company: None,
            role: "connector",
            side: None,
            created_at,
        }];
        let company = match seeker {
            Party::User(id) => state.person(id).and_then(|person| person.company),
            Party::Company(id) => Some(id),
        };
        if company.is_some() && self.is("auto_facilitators", "with_source") {
            rows.push(Facilitator {
                id: state.next_id("introzy.facilitator"),
                user: None,
                company,
                role: "referral_source",
                side: Some("seeker"),
                created_at,
            });
        }
        rows
    }
}
