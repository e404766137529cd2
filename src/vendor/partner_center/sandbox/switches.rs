//! What Microsoft's pages leave open or contradict.

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
    Switch {
        name: "filter_external_reference",
        values: &["refused", "accepted"],
        about: "whether $filter takes externalReferenceId, which no page shows in a filter; if not, 400",
    },
    Switch {
        name: "create_status",
        values: &["200", "201"],
        about: "status of the answer to a created referral",
    },
    Switch {
        name: "created_status",
        values: &["accepted", "as_sent"],
        about: "whether a new referral that was sent as New is stored as Active/Accepted, as the vendor's sample has it",
    },
    Switch {
        name: "created_closing_date",
        values: &["kept", "missing"],
        about: "details.closingDateTime in the answer to a created referral, where the vendor's sample lacks it",
    },
    Switch {
        name: "unknown_engagement",
        values: &["refused", "accepted"],
        about: "whether a new referral may have an engagementId that no other has; if not, 400",
    },
    Switch {
        name: "co_sell_rules",
        values: &["enforced", "off"],
        about: "whether a shared referral needs a customer contact, a solution and a two-letter country; if so, 400 without",
    },
    Switch {
        name: "error_target",
        values: &["field", "referral", "absent"],
        about: "target of the error where a body is refused",
    },
    Switch {
        name: "patch_paths",
        values: &["any", "connector"],
        about: "whether a patch may have paths that the connector's definition does not list; if not, 400. They are noted in the request log in any case",
    },
    Switch {
        name: "patch_etag",
        values: &["absent", "present"],
        about: "whether a 204 after a patch carries the new ETag",
    },
    Switch {
        name: "preference_applied",
        values: &["absent", "present"],
        about: "whether the answer to Prefer: return=representation says Preference-Applied",
    },
    Switch {
        name: "etag_mismatch",
        values: &["412", "409"],
        about: "status where If-Match is not the present version",
    },
    Switch {
        name: "etag_mismatch_code",
        values: &["preconditionFailed", "resourceModified"],
        about: "error code where If-Match is not the present version",
    },
];
