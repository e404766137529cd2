//! A note on a referral. Two notes of the same text are two notes, so one is never sent a second time, and it is known by
//! its text and time.

use super::{is_same_text, is_since, no_referral};
use crate::model::Note;
use crate::vendor::introzy::{Adapter, map, outgoing};
use crate::vendor::write::after_sending;
use crate::vendor::{Call, Effect, Kind, Result, Sent, Settled, Written};

/// What is there that this write may have made.
enum Ours {
    None,
    One(Note),
    /// One of several, or one that does not say what was asked for, or one that could not be read.
    Unclear,
}

pub(super) async fn write(
    introzy: &Adapter,
    call: &Call,
    referral: &str,
    content: &str,
    sent: &Sent,
) -> Result<Written> {
    let content = outgoing::without_mentions(content);
    let body = outgoing::Note { content: &content };
    let untold = match introzy.client.add_note(call, referral, &body).await {
        Ok(Ok(note)) => return Ok(Written::Applied(effect(referral, map::note(note)))),
        Ok(Err(error)) => error,
        Err(error) if error.kind == Kind::NotFound => return Ok(Written::Rejected(no_referral())),
        Err(error) => return Err(error),
    };
    let found = find(introzy, call, referral, &content, sent).await;
    match found.map_err(after_sending)? {
        Some(Ours::One(note)) => Ok(Written::Applied(effect(referral, note))),
        _ => Err(untold),
    }
}

pub(super) async fn settle(
    introzy: &Adapter,
    call: &Call,
    referral: &str,
    content: &str,
    sent: &Sent,
) -> Result<Settled> {
    let content = outgoing::without_mentions(content);
    let found = find(introzy, call, referral, &content, sent).await?;
    Ok(match found {
        None => Settled::Rejected(no_referral()),
        Some(Ours::None) => Settled::Absent {
            may_be_sent_again: false,
        },
        Some(Ours::One(note)) => Settled::Applied(effect(referral, note)),
        Some(Ours::Unclear) => Settled::Ambiguous,
    })
}

/// Notes of the same text on the same referral. White space does not tell them apart afterwards.
pub(super) fn twin(referral: &str, content: &str) -> String {
    let content: Vec<&str> = content.split_whitespace().collect();
    let content = outgoing::without_mentions(&content.join(" "));
    format!("note {} {content}", referral.to_ascii_lowercase())
}

async fn find(
    introzy: &Adapter,
    call: &Call,
    referral: &str,
    content: &str,
    sent: &Sent,
) -> Result<Option<Ours>> {
    let Some(notes) = introzy.all_notes(call, referral).await? else {
        return Ok(None);
    };
    let may_be_ours = |note: &Note| {
        let is_new = note.created_at.is_none() || is_since(sent, note.created_at);
        is_new && !sent.claimed.contains(&note.remote_id)
    };
    let (mut same, other): (Vec<Note>, Vec<Note>) = notes
        .rows
        .into_iter()
        .filter(may_be_ours)
        .partition(|note| is_same_text(&note.content, content));
    Ok(Some(match (same.pop(), same.is_empty()) {
        (None, _) if notes.is_partial || !other.is_empty() => Ours::Unclear,
        (None, _) => Ours::None,
        // Without a time it may have been there for long.
        (Some(note), true) if note.created_at.is_some() => Ours::One(note),
        _ => Ours::Unclear,
    }))
}

fn effect(referral: &str, note: Note) -> Box<Effect> {
    Box::new(Effect {
        note: Some(note),
        ..Effect::on(referral)
    })
}
