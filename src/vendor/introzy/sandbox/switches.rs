//! The behaviours that Introzy's pages leave open, to be tried in each of their forms.

use crate::sandbox::Switch;

/// What the documentation leaves open.
pub const SWITCHES: &[Switch] = &[
    Switch {
        name: "meta",
        values: &["absent", "present"],
        about: "Whether success envelopes carry meta: the text says so, no sample shows it.",
    },
    Switch {
        name: "order",
        values: &["newest_first", "oldest_first", "shuffled"],
        about: "The order of lists, which is not documented. Shuffled is the same at every call.",
    },
    Switch {
        name: "party_name",
        values: &["absent", "null"],
        about: "The key name of a USER party: absent in the guide, null in the reference.",
    },
    Switch {
        name: "stage_shape",
        values: &["guide", "reference"],
        about: "A referral's stage: id, label and color in the guide; description and sortOrder too in the reference.",
    },
    Switch {
        name: "paging_out_of_range",
        values: &["refuse", "clamp"],
        about: "A limit outside 1 to 100 or a negative offset: 400, or the nearest allowed value.",
    },
    Switch {
        name: "malformed_id",
        values: &["refuse", "not_found"],
        about: "An id that is no UUID: 400 or 404.",
    },
    Switch {
        name: "errors",
        values: &["upper_snake", "other_codes", "code_only", "empty"],
        about: "Error bodies: codes as UNAUTHORIZED, codes as errors/401, an error without message and meta, no body. Only CONFLICT is documented.",
    },
    Switch {
        name: "pipeline_deals_errors",
        values: &["wrapped", "unwrapped"],
        about: "Errors below /api/pipeline-deals: in the envelope, or code and message at the root as its successes are.",
    },
    Switch {
        name: "rate_limit",
        values: &["off", "refuse", "refuse_with_retry_after"],
        about: "Answers 429 to everything. No limit is documented.",
    },
    Switch {
        name: "retry_after",
        values: &["present", "absent"],
        about: "Whether the 429 of the fault rate_limited carries Retry-After.",
    },
    Switch {
        name: "stages",
        values: &["still", "moving"],
        about: "Moving: every read of a referral finds it one stage further, as a colleague would move it. No API does.",
    },
    Switch {
        name: "deal_note_entity",
        values: &["null", "deal"],
        about: "entityType and entityId of a note on a deal.",
    },
    Switch {
        name: "strict_query",
        values: &["off", "on"],
        about: "Refuses query parameters that are not documented, with 400. They are noted in the request log in any case.",
    },
    Switch {
        name: "invalid",
        values: &["400", "422"],
        about: "The status of a body that breaks the documented limits.",
    },
    Switch {
        name: "unknown_party",
        values: &["404", "400"],
        about: "The status where a body names a person or company that there is not.",
    },
    Switch {
        name: "same_party",
        values: &["refuse", "allow"],
        about: "A referral whose seeker and provider are one person: a bad body, or fine.",
    },
    Switch {
        name: "duplicate_pair",
        values: &["ordered", "unordered", "any_product"],
        about: "What makes a referral a duplicate (409): seeker, provider and product; the same with the sides exchanged too; seeker and provider alone.",
    },
    Switch {
        name: "converted_pair",
        values: &["blocks", "free"],
        about: "Whether a converted referral still makes another one of its pair a duplicate.",
    },
    Switch {
        name: "auto_facilitators",
        values: &["present", "absent", "with_source"],
        about: "A new referral has its connector as a facilitator. The 201 shows it; or only later reads do, as in the guide; or there is a referral source beside it.",
    },
    Switch {
        name: "facilitator_created",
        values: &["201", "200", "204"],
        about: "The answer to a new facilitator: the row with one of two statuses, or no body.",
    },
    Switch {
        name: "facilitator_removed",
        values: &["200", "204"],
        about: "The answer to the removal of a facilitator: an envelope, or no body.",
    },
    Switch {
        name: "second_convert",
        values: &["409", "400"],
        about: "The status where a deal is converted that has been converted already.",
    },
    Switch {
        name: "note_created",
        values: &["201", "200"],
        about: "The status of a new note.",
    },
    Switch {
        name: "strict_body",
        values: &["off", "on"],
        about: "Refuses fields that are not documented. They are noted in the request log in any case.",
    },
];
