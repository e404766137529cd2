//! Finds the referral of a user who came with a code. No call tells of it when the user is registered.

use std::cmp::Reverse;
use std::sync::Arc;

use super::is_since;
use crate::model::{Referral, Vendor};
use crate::vendor::error::found;
use crate::vendor::paging::read_again;
use crate::vendor::saasquatch::client::{Involving, LIMIT};
use crate::vendor::saasquatch::schema::NewSaasquatchReferral;
use crate::vendor::saasquatch::{Adapter, map, wire};
use crate::vendor::wire::sorted_out;
use crate::vendor::{Adapter as _, Call, Kind, Result, Sent};

/// Longer lists are not walked to their end.
const MAX_PAGES: usize = 20;

/// So many referrals are looked up by themselves, of those whose rows do not tell their user.
const MAX_SINGLES: usize = 20;

/// What there is of this user.
#[derive(Default)]
pub(super) struct Seen {
    /// The referral by this code, or a new one that does not tell its code.
    pub(super) referral: Option<Arc<Referral>>,
    /// One by another code, or an older one that does not tell it.
    pub(super) other: Option<Arc<Referral>>,
}

/// What is looked for.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) asked: &'a NewSaasquatchReferral,
    pub(super) sent: &'a Sent,
}

/// What a referral tells of the code that it was made with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Code {
    Same,
    /// None, as SaaSquatch documents that it may; and it is new.
    Untold,
    Other,
}

/// A list that the referral may be in.
#[derive(Clone, Copy)]
enum List<'a> {
    /// That of the referred user, which a tenant may have closed.
    OfReferred(&'a str, &'a str),
    /// That of the referrer.
    OfReferrer(&'a str, &'a str),
    Whole,
}

/// What a row tells of what was asked for.
struct Match {
    /// None where the row does not tell its user.
    is_user: Option<bool>,
    code: Code,
}

pub(super) async fn look(squatch: &Adapter, call: &Call, wanted: Wanted<'_>) -> Result<Seen> {
    let asked = wanted.asked;
    let list = List::OfReferred(&asked.account_id, &asked.user_id);
    match rows(squatch, call, list).await {
        Ok(rows) => {
            // What a row does not tell the list does: it was asked for this user's.
            let theirs = |row: &Arc<Referral>| Match::of(row, wanted).is_user != Some(false);
            Ok(chosen(rows.into_iter().filter(theirs), wanted))
        }
        Err(error) if error.status == Some(403) && error.kind == Kind::Unauthorized => {
            look_among_the_referrers(squatch, call, wanted).await
        }
        Err(error) => Err(error),
    }
}

/// The list that is always open can be asked for a referrer alone, whom the code tells.
async fn look_among_the_referrers(
    squatch: &Adapter,
    call: &Call,
    wanted: Wanted<'_>,
) -> Result<Seen> {
    let asked = wanted.asked;
    let owner = squatch
        .client
        .get_user_by_code(call, &asked.referral_code)
        .await;
    let owner = found(owner)?;
    let owner: wire::User<'_> = match &owner {
        Some(answer) => answer.json()?,
        None => wire::User::default(),
    };
    let list = match (&owner.account_id, &owner.id) {
        (Some(account), Some(user)) => List::OfReferrer(account, user),
        _ => List::Whole,
    };
    let (told, untold): (Vec<_>, Vec<_>) = rows(squatch, call, list)
        .await?
        .into_iter()
        .filter(|row| Match::of(row, wanted).is_user != Some(false))
        .partition(|row| Match::of(row, wanted).is_user.is_some());
    let seen = chosen(told.into_iter(), wanted);
    if seen.referral.is_some() {
        return Ok(seen);
    }
    let mut untold = untold;
    untold.retain(|row| Match::of(row, wanted).code != Code::Other);
    untold.sort_by_key(|row| Reverse(row.created_at));
    for row in untold.iter().take(MAX_SINGLES) {
        let single = squatch.referral(call, &row.remote_id).await?;
        if let Some(single) = single.filter(|it| Match::of(it, wanted).is_it()) {
            return Ok(Seen {
                referral: Some(Arc::new(single)),
                ..seen
            });
        }
    }
    Ok(seen)
}

async fn rows(squatch: &Adapter, call: &Call, list: List<'_>) -> Result<Vec<Arc<Referral>>> {
    let client = &squatch.client;
    let mut rows = Vec::new();
    let mut offset = 0;
    for _ in 0..MAX_PAGES {
        let answer = match list {
            List::OfReferred(account, user) => {
                let user = Involving::Referred(account, user);
                client.list_open_referrals(call, user, offset).await
            }
            List::OfReferrer(account, user) => {
                client
                    .list_referrals_by(call, (account, user), offset)
                    .await
            }
            List::Whole => client.list_referrals(call, LIMIT, offset).await,
        };
        // Nobody has referred a user who is not there.
        let Some(answer) = found(answer)? else { break };
        let listing = answer.list(map::referral).await?;
        let count = listing.count();
        let page: wire::ReferralList = listing.list;
        let (readable, unreadable) = sorted_out(listing.rows);
        for row in unreadable {
            row.warn(Vendor::Saasquatch, "create_referral");
        }
        rows.extend(readable);
        offset += count;
        let total = page.total_count.and_then(|total| u64::try_from(total).ok());
        if count == 0 || total.is_some_and(|total| offset >= total) {
            break;
        }
    }
    Ok(rows)
}

fn chosen(rows: impl Iterator<Item = Arc<Referral>>, wanted: Wanted<'_>) -> Seen {
    let mut seen = Seen::default();
    let mut untold = None;
    for row in rows {
        let place = match Match::of(&row, wanted).code {
            Code::Same => &mut seen.referral,
            Code::Untold => &mut untold,
            Code::Other => &mut seen.other,
        };
        place.get_or_insert(row);
    }
    seen.referral = seen.referral.or(untold);
    seen
}

impl Match {
    fn of(row: &Referral, Wanted { asked, sent }: Wanted<'_>) -> Self {
        let record: wire::Referral<'_> = read_again(&row.raw);
        let user = record.referred_user.unwrap_or_default();
        let ids = user.account_id.zip(user.id);
        Self {
            is_user: ids.map(|(account, id)| account == asked.account_id && id == asked.user_id),
            code: match record.referral_code_used {
                Some(code) if code.trim().eq_ignore_ascii_case(&asked.referral_code) => Code::Same,
                None if is_since(sent, row.created_at) => Code::Untold,
                _ => Code::Other,
            },
        }
    }

    fn is_it(&self) -> bool {
        self.is_user == Some(true) && self.code != Code::Other
    }
}
