//! What a request is told to cost, what it may cost, and what of its caller's rate it uses up.

use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Response, Value, Variables};

use super::App;
use super::documents::DocumentError;
use super::question::Question;
use super::rate::{Caller, Wait};
use super::workspaces::Visitor;
use crate::graphql::cost::Cost;

/// A request's cost.
pub(super) struct Costing {
    cost: Cost,
    /// Whether the client wants to know.
    is_told: bool,
    /// What its caller has left after it; `None` where callers are not limited.
    left: Option<u64>,
}

impl Costing {
    /// What this operation of a document costs with these variables, if a request may cost so much.
    pub(super) fn of(
        app: &App,
        visitor: &Visitor,
        (document, operation, variables): (&ExecutableDocument, Option<&str>, &Variables),
        is_told: bool,
    ) -> Result<Self, DocumentError> {
        let cost = app
            .prices
            .cost(&visitor.parts.registry, document, operation, variables)
            .map_err(DocumentError::LongList)?;
        let max = app.requests.max_cost;
        if cost.total() > max {
            return Err(DocumentError::TooCostly { cost, max });
        }
        Ok(Self {
            cost,
            is_told,
            left: None,
        })
    }

    /// Takes it from what the caller may ask for.
    pub(super) fn charge(&mut self, app: &App, caller: &Caller) -> Result<(), Wait> {
        self.left = app.rate.take(caller, self.cost.total().max(1))?;
        Ok(())
    }

    /// Whether what is told of it is this caller's own.
    pub(super) fn is_personal(&self) -> bool {
        self.is_told && self.left.is_some()
    }

    /// How much there is to do here. What admission counts is the gateway's own work, which is writing rows; calls to
    /// vendors are waited for.
    pub(super) fn work(&self) -> u32 {
        let rows = u32::try_from(self.cost.rows).unwrap_or(u32::MAX);
        rows.saturating_add(1)
    }

    /// Tells it in the answer, if the client wants to know.
    pub(super) fn tell(&self, app: &App, response: &mut Response) {
        if !self.is_told {
            return;
        }
        let told = serde_json::json!({
            "calls": self.cost.calls,
            "rows": self.cost.rows,
            "limit": app.requests.max_cost,
            "remaining": self.left,
        });
        let told = Value::from_json(told).unwrap_or_default();
        response.extensions.insert("cost".to_owned(), told);
    }
}

/// Whether `extensions` has `"cost": true`.
pub(super) fn is_asked_for(question: &Question) -> bool {
    let extensions = question.extensions.as_ref();
    let asked = extensions.and_then(|extensions| extensions.get("cost"));
    asked.and_then(serde_json::Value::as_bool) == Some(true)
}
