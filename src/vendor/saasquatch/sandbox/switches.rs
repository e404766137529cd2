//! What the vendor's pages leave open or contradict.

use crate::sandbox::Switch;

/// The behaviours that can be changed while the emulator runs.
pub const SWITCHES: &[Switch] = &[
    Switch {
        name: "open_endpoints",
        values: &["on", "off"],
        about: "whether the tenant has its open endpoints switched on (by the pages they start off); if not, 403",
    },
    Switch {
        name: "list_users",
        values: &["embedded", "scalars"],
        about: "whether lists of referrals carry users and rewards (2020) or only scalars (2026)",
    },
    Switch {
        name: "tenant",
        values: &["mixed", "classic", "ga"],
        about: "kind of the tenant's programs: only referrals without, or only with a programId",
    },
    Switch {
        name: "generation",
        values: &["2026", "2020"],
        about: "2020: no dateConverted, dateModified and dateUserModified, and errors without rsCode",
    },
    Switch {
        name: "nulls",
        values: &["emitted", "omitted"],
        about: "whether empty fields are sent as null",
    },
    Switch {
        name: "order",
        values: &["newest", "oldest", "shuffled"],
        about: "order of lists, which no page states; shuffled is the same every time",
    },
    Switch {
        name: "limit_cap",
        values: &["100", "1000", "none"],
        about: "most rows in a page",
    },
    Switch {
        name: "over_limit",
        values: &["clamped", "refused"],
        about: "what a limit above the most rows gives: that many rows, or 400",
    },
    Switch {
        name: "bad_paging",
        values: &["refused", "default"],
        about: "what a limit or offset that is no number gives: 400, or the default",
    },
    Switch {
        name: "bad_filter",
        values: &["refused", "ignored"],
        about: "what a moderation status or time that cannot be read gives: 400, or no filter",
    },
    Switch {
        name: "range_bounds",
        values: &["inclusive", "end_exclusive"],
        about: "whether a time range holds its end",
    },
    Switch {
        name: "open_ranges",
        values: &["allowed", "refused"],
        about: "whether a time range may lack its start or end",
    },
    Switch {
        name: "range_unit",
        values: &["milliseconds", "seconds"],
        about: "unit of the times in filters",
    },
    Switch {
        name: "open_list_pair",
        values: &["required", "optional"],
        about: "whether the open list needs a user to list for",
    },
    Switch {
        name: "open_list_filters",
        values: &["full", "pairs_only"],
        about: "whether the open list has the filters by time and moderation (2020) or not (2026)",
    },
    Switch {
        name: "auth_form",
        values: &["any", "empty_user", "account_sid"],
        about: "the user part of Basic: anything, nothing, or something",
    },
    Switch {
        name: "jwt_on_admin",
        values: &["refused", "accepted"],
        about: "whether a user's JWT opens the endpoints that are not open ones",
    },
    Switch {
        name: "unauthorized",
        values: &["UNAUTHORIZED", "INVALID_CREDENTIALS", "empty"],
        about: "apiErrorCode of a 401, or no body",
    },
    Switch {
        name: "tenant_rs_code",
        values: &["RS045", "RS015", "RS038"],
        about: "rsCode of an unknown tenant: as observed, or as the table says",
    },
    Switch {
        name: "rate_limit",
        values: &["off", "429", "403"],
        about: "every call is refused as one too many, with this status",
    },
    Switch {
        name: "rate_limit_status",
        values: &["429", "403"],
        about: "status of the fault rate_limited",
    },
    Switch {
        name: "retry_after",
        values: &["absent", "present"],
        about: "whether the answer of the fault rate_limited carries Retry-After",
    },
    Switch {
        name: "user_modified",
        values: &["membership", "referred_user"],
        about: "what dateUserModified tells: a user came or went, or the referred user changed",
    },
    Switch {
        name: "code_on_existing_user",
        values: &["honoured", "ignored"],
        about: "allowReferralCodeEditOnUserUpsert: whether an upsert changes the code of a user who is there",
    },
    Switch {
        name: "refer_existing_user",
        values: &["honoured", "ignored"],
        about: "whether referredByCodes refers a user who is there and was not referred yet",
    },
    Switch {
        name: "referred_once",
        values: &["per_account", "per_program"],
        about: "what can be referred once: an account, or an account in each program",
    },
    Switch {
        name: "unknown_code",
        values: &["refused", "ignored"],
        about: "what a code in referredByCodes that nobody has gives: 400 with RS034, or no referral",
    },
    Switch {
        name: "referral_appears",
        values: &["at_once", "later"],
        about: "when a new referral comes to light: with the upsert, or two seconds after it",
    },
    Switch {
        name: "auto_moderation",
        values: &["approved", "pending"],
        about: "what a new referral is: approved on both sides, or waiting to be moderated",
    },
    Switch {
        name: "moderate_unknown",
        values: &["refused", "partial"],
        about: "what an id of no referral does to a moderation: 404 and nothing is done, or the others are moderated",
    },
    Switch {
        name: "moderate_on_ga",
        values: &["accepted", "refused"],
        about: "whether a tenant without classic programs can moderate; if not, 403 with RS051",
    },
];
