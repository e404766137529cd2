//! A new note on a referral, with the people and companies that it mentions.
//!
//! <https://introzy-api-docs.apidocumentation.com/introzy-api-documentation/api-endpoints/notes>

use axum::extract::{Path, State};
use uuid::Uuid;

use super::answer::Failure;
use super::routes::{Answer, pipeline_kind};
use super::seed::{Note, Subject};
use super::{Introzy, render};
use crate::sandbox::{Document, Problems, Query};

pub(super) async fn add(
    State(app): State<Introzy>,
    Path((kind, id)): Path<(String, String)>,
    query: Query,
    problems: Problems,
    document: Document,
) -> Answer {
    app.accept(&query, &problems, &document)?;
    let kind = pipeline_kind(&kind)?;
    let id = app.id(&id, "Deal")?;
    let fields = document.object();
    let undocumented = fields.documented(&["content"]);
    fields.required(&["content"]);
    let content = fields.text_of("content", 1..=usize::MAX);
    app.check(&document, &undocumented)?;
    if kind != "referral" {
        return Err(Failure::not_found("Deal"));
    }
    let content = content.expect("it is required, and anything else was refused");

    let body = {
        let mut state = app.state();
        state.opportunity(id)?;
        let mut people = mentioned(&content, "person");
        people.retain(|id| state.person(*id).is_some());
        let mut companies = mentioned(&content, "company");
        companies.retain(|id| state.company(*id).is_some());
        let note = Note {
            id: state.next_id("introzy.note"),
            content,
            subject: Subject::Deal(id),
            author: state.caller(),
            people,
            companies,
            created_at: app.setup.clock.now(),
        };
        let body = render::note(&app, &state, &note);
        state.notes.push(note);
        body
    };
    Ok(app.done(
        app.status("note_created"),
        body,
        "Note created successfully",
    ))
}

/// The ids in `[@Anything](kind:uuid)`, each once.
fn mentioned(content: &str, kind: &str) -> Vec<Uuid> {
    let start = format!("]({kind}:");
    let mut ids = Vec::new();
    for (at, _) in content.match_indices(&start) {
        let (before, after) = (&content[..at], &content[at + start.len()..]);
        // The display name goes back to the nearest bracket, and nothing closes it before.
        let is_named = before
            .rfind(['[', ']'])
            .is_some_and(|at| before[at..].starts_with("[@"));
        let id = after.split(')').next().filter(|id| id.len() < after.len());
        let id = id.and_then(|id| Uuid::parse_str(id).ok());
        ids.extend(id.filter(|id| is_named && !ids.contains(id)));
    }
    ids
}
