//! What is found out about a request before it may be executed: what it asks for, whether its document is a sound one,
//! whether its caller may have it, and what it costs.

use std::sync::Arc;

use async_graphql::Value;
use async_graphql::parser::types::{ExecutableDocument, OperationType};
use axum::http::StatusCode;
use tokio::time::Instant;

use super::App;
use super::admission::{Permit, Priority, RETRY_AFTER, Shed};
use super::answer::{Accepted, Answer, Problem, not_acceptable};
use super::costing::{self, Costing};
use super::documents::{Document, DocumentError};
use super::metrics::Outcome;
use super::question::Question;
use super::rate::Caller;
use super::variables;
use super::workspaces::Visitor;
use crate::graphql::access::Forbidden;
use crate::graphql::error::code;

/// How it was sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Post,
}

/// A request that may be executed.
pub(super) struct Prepared {
    pub(super) priority: Priority,
    pub(super) request: async_graphql::Request,
    /// Taken into the request once it is admitted: a copy of it costs more than to shed it.
    pub(super) document: Arc<Document>,
    /// The values of its variables.
    pub(super) values: u64,
    /// Whether its address names a document, so that answers can be kept by it.
    pub(super) may_be_reused: bool,
    pub(super) costing: Costing,
}

/// Why a request is not executed.
pub(super) enum Refused {
    Request(Problem),
    Document(DocumentError),
    Access(Forbidden),
    Shed,
}

impl Refused {
    pub(super) fn outcome(&self) -> Outcome {
        match self {
            Self::Request(_) | Self::Document(_) | Self::Access(_) => Outcome::Refused,
            Self::Shed => Outcome::Shed,
        }
    }

    pub(super) fn answer(self, accepted: Accepted, id: &Arc<str>) -> Answer {
        match self {
            Self::Request(problem) => accepted.refuse(id, &problem),
            Self::Document(error) => accepted.refuse_document(id, error),
            Self::Access(forbidden) => accepted.forbid(id, &forbidden),
            Self::Shed => accepted.put_off(id, RETRY_AFTER.as_secs()),
        }
    }
}

/// Looks at a request in the order in which its mistakes are told.
pub(super) fn prepare(
    app: &App,
    visitor: &Visitor,
    caller: &Caller,
    accepted: Accepted,
    text: &[u8],
    method: Method,
) -> Result<Prepared, Refused> {
    let question = match method {
        Method::Post => Question::of_body(text),
        Method::Get => Question::of_parameters(std::str::from_utf8(text).unwrap_or_default()),
    };
    let question = question.map_err(Refused::Request)?;
    if accepted == Accepted::Nothing {
        return Err(Refused::Request(not_acceptable()));
    }
    check_values(app, &question).map_err(Refused::Document)?;
    let query = visitor
        .parts
        .persisted
        .document(&question)
        .map_err(Refused::Request)?;
    let is_named = question.query.is_none();
    let tells_cost = costing::is_asked_for(&question);
    let document = app.documents.get(&query).map_err(Refused::Document)?;
    let operation_name = question.operation_name.filter(|name| !name.is_empty());
    let is_query = is_query(&document.parsed, operation_name.as_deref());
    if method == Method::Get && !is_query {
        return Err(Refused::Request(Problem {
            status: StatusCode::METHOD_NOT_ALLOWED,
            code: code::BAD_USER_INPUT,
            message: "Only queries may be sent by GET.".to_owned(),
        }));
    }
    // What is known to cost much needs not be looked at closely either.
    let (scopes, variables) = (visitor.caller.scopes, question.variables.as_ref());
    let values = document.values(operation_name.as_deref(), variables);
    let work = document.work_with(values).filter(|_| is_query);
    if work.is_some_and(|work| app.admission.sheds_read(caller, work)) {
        return Err(Refused::Shed);
    }
    let checked = app.access.check(&document.needs, scopes, variables);
    checked.map_err(Refused::Access)?;
    let variables = question.variables.unwrap_or_default().into();
    let variables = async_graphql::Variables::from_json(variables);
    let operation = (&document.parsed, operation_name.as_deref(), &variables);
    let costing = Costing::of(app, visitor, operation, tells_cost).map_err(Refused::Document)?;
    document.note_work_with(values, costing.work());
    let mut request = async_graphql::Request::new(&*query);
    if document.needs.is_unknown() {
        // Validation refuses it, and says what is wrong with it. Should it not, there is nothing to be read.
        request = request.only_introspection();
    }
    request.operation_name = operation_name;
    request.variables = variables;
    request.extensions = question.extensions.map(extensions).unwrap_or_default();
    Ok(Prepared {
        priority: if is_query {
            Priority::Read
        } else {
            Priority::Write
        },
        request,
        document,
        values,
        // What is left is the caller's own.
        may_be_reused: method == Method::Get && is_named && !tells_cost,
        costing,
    })
}

fn check_values(app: &App, question: &Question) -> Result<(), DocumentError> {
    let max = app.requests.max_variable_values;
    let both = [
        ("variables", &question.variables),
        ("extensions", &question.extensions),
    ];
    for (what, values) in both {
        if let Some(values) = values {
            variables::check(what, values, max).map_err(DocumentError::Variables)?;
        }
    }
    Ok(())
}

impl Prepared {
    /// Waits for its turn.
    pub(super) async fn admitted(
        &self,
        app: &App,
        caller: &Caller,
        deadline: Instant,
    ) -> Result<Permit, Shed> {
        let work = self.costing.work();
        app.admission
            .admit(caller.clone(), self.priority, work, deadline)
            .await
    }
}

fn is_query(document: &ExecutableDocument, name: Option<&str>) -> bool {
    let named =
        |of: Option<&async_graphql::Name>| name.is_none_or(|name| of.is_some_and(|of| of == name));
    document
        .operations
        .iter()
        .filter(|(of, _)| named(*of))
        .all(|(_, operation)| operation.node.ty == OperationType::Query)
}

fn extensions(map: serde_json::Map<String, serde_json::Value>) -> async_graphql::Extensions {
    let entries = map
        .into_iter()
        .filter_map(|(name, value)| Some((name, Value::from_json(value).ok()?)));
    async_graphql::Extensions(entries.collect())
}
