//! What Plannr's pages leave open.

use crate::sandbox::Switch;

/// What the documentation leaves open.
pub const SWITCHES: &[Switch] = &[
    Switch {
        name: "list_body",
        values: &["paginated", "fixed_pages", "data_only"],
        about: "Referral and connection lists: data, links and meta; the same with 15 rows whatever per_page says; all rows in data alone.",
    },
    Switch {
        name: "missing_account",
        values: &["422", "400"],
        about: "The answer to a request without X-PLANNR-ACCOUNT-UUID.",
    },
    Switch {
        name: "validation_errors",
        values: &["array", "string"],
        about: "errors.field of a 422: an array of sentences, or one sentence as one sample has it.",
    },
    Switch {
        name: "account_shape",
        values: &["flat", "artifact"],
        about: "sender_account and recipient_account: values, or the example and description objects that the documentation prints.",
    },
    Switch {
        name: "account_email",
        values: &["present", "null"],
        about: "The deprecated email of an account.",
    },
    Switch {
        name: "primary_email",
        values: &["string", "object"],
        about: "primary_email and primary_phone_number of an account that includes them.",
    },
    Switch {
        name: "external_references",
        values: &["array", "absent"],
        about: "external_references of an account, which may be missing when it is not loaded.",
    },
    Switch {
        name: "rejection_reason",
        values: &["absent", "null"],
        about: "rejection_reason of a referral that is not rejected.",
    },
    Switch {
        name: "lifetime_expires_at",
        values: &["null", "absent"],
        about: "expires_at of a referral for life.",
    },
    Switch {
        name: "clones",
        values: &["on_accept", "always", "absent"],
        about: "cloned_clients of a referral that was never accepted: empty, already there from its creation on, or no such key.",
    },
    Switch {
        name: "answered_expires_at",
        values: &["kept", "null"],
        about: "expires_at of a connection that was accepted or denied.",
    },
    Switch {
        name: "preferred_account",
        values: &["absent", "root", "login"],
        about: "Where GET /logins shows preferred_account_uuid: nowhere, beside data, or on each login.",
    },
    Switch {
        name: "rate_limit",
        values: &["500_per_minute", "5_per_minute", "refuse", "off"],
        about: "500 requests per minute and user are documented. Refuse answers 429 to everything.",
    },
    Switch {
        name: "rate_limit_headers",
        values: &["all", "remaining_only"],
        about: "X-RateLimit-Limit, and Retry-After and X-RateLimit-Reset on 429; or X-Ratelimit-Remaining alone, which is documented.",
    },
    Switch {
        name: "strict_query",
        values: &["off", "on"],
        about: "Refuses query parameters and values that are not documented, with 400. They are noted in the request log in any case.",
    },
    Switch {
        name: "create_status",
        values: &["200", "201"],
        about: "The answer to a created referral or connection; 200 is documented.",
    },
    Switch {
        name: "required_fields",
        values: &["first_three", "with_shared_data", "first_two"],
        about: "What a new referral needs: connection_uuid, client_uuids and advice_type; shared_data as well; or the first two.",
    },
    Switch {
        name: "omitted_duration",
        values: &["lifetime", "refused"],
        about: "A new referral without duration_months: the same as null, or 422.",
    },
    Switch {
        name: "past_sla_deadline",
        values: &["accepted", "refused"],
        about: "Whether the sla_deadline of a new referral may have passed; if not, 422.",
    },
    Switch {
        name: "max_length",
        values: &["none", "255"],
        about: "How many characters a note or a rejection_reason may have; more are 422.",
    },
    Switch {
        name: "month_end",
        values: &["clamped", "overflow"],
        about: "A month after 31 January: the last of February, or so many days into March.",
    },
    Switch {
        name: "accepted_expires_at",
        values: &["kept", "restarted"],
        about: "expires_at of a referral when it is accepted: counted from its creation, or from then on.",
    },
    Switch {
        name: "wrong_state",
        values: &["422", "403", "404", "409"],
        about: "The answer to a referral along a connection that is not accepted, and to an answer to a referral that is not pending.",
    },
    Switch {
        name: "wrong_party",
        values: &["403", "422", "404", "409"],
        about: "The answer to a sender who answers the own referral.",
    },
    Switch {
        name: "duplicate_connection",
        values: &["422", "409"],
        about: "The answer to a request for a connection that there is already, or that is asked for.",
    },
    Switch {
        name: "adviser_key_case",
        values: &["exact", "ignored"],
        about: "Whether adviser keys are told apart by case.",
    },
];
