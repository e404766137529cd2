//! How much memory records take: the cache is bounded by it.

use super::{Connection, Facilitator, Facilitators, Party, Referral, Stage};

/// What is counted beside what an `Arc` holds: how many hold it.
const COUNTS: usize = 2 * size_of::<usize>();

impl Referral {
    /// How many bytes it takes in memory, itself and its JSON included.
    pub fn bytes(&self) -> usize {
        let texts = [
            &self.name,
            &self.description,
            &self.vendor_status,
            &self.connection_id,
            &self.engagement_id,
            &self.external_reference,
            &self.version,
        ];
        let facilitators = match &self.facilitators {
            Facilitators::Embedded(rows) => rows.iter().map(Facilitator::bytes).sum(),
            Facilitators::Unsupported | Facilitators::Separate => 0,
        };
        let moderation = self.moderation.as_deref();
        COUNTS
            + size_of::<Self>()
            + counted(&self.remote_id)
            + counted(&self.raw.0)
            + texts
                .into_iter()
                .flatten()
                .map(|text| text.len())
                .sum::<usize>()
            + self.stage.as_ref().map_or(0, Stage::held)
            + self.value.as_ref().map_or(0, |value| value.currency.len())
            + self.referrer.as_ref().map_or(0, Party::held)
            + self.recipient.as_ref().map_or(0, Party::held)
            + self.referred.iter().map(Party::bytes).sum::<usize>()
            + facilitators
            + moderation.map_or(0, size_of_val)
            + self.allowed_actions.len()
    }
}

impl Connection {
    /// How many bytes it takes in memory, itself and its JSON included.
    pub fn bytes(&self) -> usize {
        COUNTS
            + size_of::<Self>()
            + counted(&self.remote_id)
            + counted(&self.raw.0)
            + self.sender.as_ref().map_or(0, Party::held)
            + self.recipient.as_ref().map_or(0, Party::held)
    }
}

impl Facilitator {
    /// Its referral's id is the referral's own text, and its own id is its key.
    fn bytes(&self) -> usize {
        size_of::<Self>() + counted(&self.key) + self.party.held()
    }
}

impl Party {
    fn bytes(&self) -> usize {
        size_of::<Self>() + self.held()
    }
}

impl Stage {
    fn held(&self) -> usize {
        let texts = [&self.remote_id, &self.color].into_iter().flatten();
        self.label.len() + texts.map(|text| text.len()).sum::<usize>()
    }
}

fn counted(text: &str) -> usize {
    COUNTS + text.len()
}
