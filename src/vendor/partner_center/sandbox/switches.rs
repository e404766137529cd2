//! What Microsoft's pages leave open or contradict, for reads and for sign-in.

use crate::sandbox::Switch;

/// The behaviours that can be changed while the emulator runs.
pub const SWITCHES: &[Switch] = &[
    Switch {
        name: "expires_in",
        values: &["3600", "2", "missing"],
        about: "lifetime of access tokens in seconds; missing: an hour, but no lifetime is told",
    },
    Switch {
        name: "refresh_reuse",
        values: &["allowed", "refused"],
        about: "whether a refresh token that was redeemed may be redeemed again",
    },
    Switch {
        name: "refresh_token",
        values: &["rotated", "absent"],
        about: "whether the token answer carries a new refresh token",
    },
    Switch {
        name: "token_numbers",
        values: &["strings", "numbers"],
        about: "JSON type of the lifetimes in the token answer",
    },
    Switch {
        name: "app_only_tokens",
        values: &["refused", "accepted"],
        about: "whether tokens of the client_credentials grant may read referrals; if not, 403",
    },
    Switch {
        name: "role",
        values: &["admin", "user", "none"],
        about: "role of the signed-in user: a user sees referrals with them on the team; none: 403",
    },
    Switch {
        name: "unauthenticated",
        values: &["unauthenticated", "unAuthorized", "empty"],
        about: "error code of a 401, or no body",
    },
    Switch {
        name: "inner_error",
        values: &["innerError", "innererror", "absent"],
        about: "spelling of the inner error's key",
    },
    Switch {
        name: "throttle",
        values: &[
            "off",
            "retry_after_57",
            "retry_after_1",
            "http_date",
            "no_header",
        ],
        about: "every call is answered 429 in the gateway's form, with this Retry-After",
    },
    Switch {
        name: "retry_after",
        values: &["seconds", "http_date", "absent"],
        about: "form of Retry-After on the 429 of the fault rate_limited",
    },
    Switch {
        name: "next_link",
        values: &[
            "working",
            "http_scheme",
            "no_engagements",
            "relative",
            "foreign_host",
        ],
        about: "form of @odata.nextLink; no_engagements drops that segment, foreign_host is the vendor's own address",
    },
    Switch {
        name: "count",
        values: &["page", "total", "on_request", "absent"],
        about: "@odata.count: rows of the page, rows in all, the latter only with $count=true, or never",
    },
    Switch {
        name: "nulls",
        values: &["emitted", "omitted"],
        about: "whether empty fields are sent as null",
    },
    Switch {
        name: "page_size",
        values: &["100", "10", "2"],
        about: "rows in a page",
    },
    Switch {
        name: "top",
        values: &["total", "page"],
        about: "whether $top bounds the rows in all, or asks for a page of that size",
    },
    Switch {
        name: "top_max",
        values: &["none", "100"],
        about: "largest $top; a larger one is refused with 400",
    },
    Switch {
        name: "default_order",
        values: &["newest", "oldest", "unordered"],
        about: "order of the list without $orderby",
    },
    Switch {
        name: "filter_fields",
        values: &["all", "documented"],
        about: "whether $filter takes fields that no page shows in a filter; if not, 400",
    },
    Switch {
        name: "date_literals",
        values: &["either", "bare", "quoted"],
        about: "how times are written in $filter; the other form is refused with 400",
    },
    Switch {
        name: "marketplace_leads",
        values: &["returned", "hidden"],
        about: "whether list and get know leads from the commercial marketplace",
    },
];
