//! A note on a referral. Two notes of the same text are two notes, so one is never sent a second time, and it is known by
//! its text and time.

use super::{is_since, no_referral};
use crate::model::Note;
use crate::vendor::introzy::{Adapter, map, outgoing};
use crate::vendor::write::after_sending;
use crate::vendor::{Call, Effect, Kind, Result, Sent, Settled, Written};

/// What is there that this write may have made.
enum Ours {
    None,
    One(Note),
    Several,
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
        Some(Ours::Several) => Settled::Ambiguous,
    })
}

/// Notes of the same text on the same referral.
pub(super) fn twin(referral: &str, content: &str) -> String {
    let content = outgoing::without_mentions(content.trim());
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
    let mut ours = notes.rows.into_iter().filter(|note| {
        let is_equal = note.content.trim() == content.trim();
        let may_be_ours = note.created_at.is_none() || is_since(sent, note.created_at);
        is_equal && may_be_ours && !sent.claimed.contains(&note.remote_id)
    });
    Ok(Some(match (ours.next(), ours.next()) {
        (None, _) if notes.is_cut => Ours::Several,
        (None, _) => Ours::None,
        // Without a time it may have been there for long.
        (Some(note), None) if note.created_at.is_some() => Ours::One(note),
        _ => Ours::Several,
    }))
}

fn effect(referral: &str, note: Note) -> Box<Effect> {
    Box::new(Effect {
        note: Some(note),
        ..Effect::on(referral)
    })
}
