//! How Plannr's lists are asked for: what of a filter and order it serves itself.

use super::map;
use crate::model::{
    ConnectionFilter, ConnectionStatus, Order, OrderDirection, OrderField, ReferralFilter,
    ReferralStatus, Vendor,
};
use crate::vendor::{Native, Plan};

/// The documented filters are by status and direction; what else is asked for is left to the caller.
pub(super) fn referrals(filter: &ReferralFilter, order: Order) -> Plan {
    let asks_for_what_plannr_lacks = filter.moderation.is_some() || filter.engagement_id.is_some();
    if !filter.may_include(Vendor::Plannr) || asks_for_what_plannr_lacks {
        return Plan::RuledOut;
    }
    let mut native = Native {
        query: vec![sort(order)],
        exact: says_nothing_but_status_and_direction(filter),
    };
    if let Some(wanted) = &filter.status {
        let words = map::referral_status_words(wanted);
        // A status that is not known here has a word that cannot be asked for.
        if wanted.contains(&ReferralStatus::Unrecognized) {
            native.exact = false;
        } else if words.is_empty() {
            return Plan::RuledOut;
        } else {
            native.query.push(("filter[status]", words.join(",")));
        }
    }
    if let Some(direction) = filter.direction {
        let word = map::direction_word(direction);
        native.query.push(("filter[direction]", word.to_owned()));
    }
    Plan::Paged(native)
}

/// As for referrals, but `expired` is no documented value of this filter: with it, all are asked for.
pub(super) fn connections(filter: &ConnectionFilter, order: Order) -> Plan {
    let mut native = Native {
        query: vec![sort(order)],
        exact: true,
    };
    if let Some(wanted) = &filter.status {
        let beyond_words = [ConnectionStatus::Expired, ConnectionStatus::Unrecognized];
        if wanted.is_empty() {
            return Plan::RuledOut;
        }
        if wanted.iter().any(|status| beyond_words.contains(status)) {
            native.exact = false;
        } else {
            let words = map::connection_status_words(wanted);
            native.query.push(("filter[status]", words.join(",")));
        }
    }
    if let Some(direction) = filter.direction {
        let word = map::direction_word(direction);
        native.query.push(("filter[direction]", word.to_owned()));
    }
    Plan::Paged(native)
}

fn sort(order: Order) -> (&'static str, String) {
    let descending = match order.direction {
        OrderDirection::Asc => "",
        OrderDirection::Desc => "-",
    };
    let field = match order.field {
        OrderField::CreatedAt => "created_at",
        OrderField::UpdatedAt => "updated_at",
    };
    ("sort", format!("{descending}{field}"))
}

/// Whether Plannr can be asked for all that the filter says. Of which vendors is no question here.
fn says_nothing_but_status_and_direction(filter: &ReferralFilter) -> bool {
    let bare = ReferralFilter {
        vendors: filter.vendors.clone(),
        status: filter.status.clone(),
        direction: filter.direction,
        ..ReferralFilter::default()
    };
    *filter == bare
}
