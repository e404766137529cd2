//! Errors as clients see them: a safe sentence and a code from one closed list. What the vendor said stays in the log,
//! under the same request id.

use async_graphql::{Context, Error, ErrorExtensions as _};

use crate::load::Loaders;
use crate::model::Vendor;
use crate::vendor;

/// The closed list of codes.
pub mod code {
    /// The vendor is broken or out of reach.
    pub const VENDOR_UNAVAILABLE: &str = "VENDOR_UNAVAILABLE";
    /// The vendor did not answer in the time one call may take.
    pub const VENDOR_TIMEOUT: &str = "VENDOR_TIMEOUT";
    /// The vendor was asked too often.
    pub const VENDOR_RATE_LIMITED: &str = "VENDOR_RATE_LIMITED";
    /// The vendor did not accept the gateway's credentials.
    pub const VENDOR_UNAUTHORIZED: &str = "VENDOR_UNAUTHORIZED";
    /// The vendor's answer is not what it documents.
    pub const VENDOR_INVALID_RESPONSE: &str = "VENDOR_INVALID_RESPONSE";
    /// The gateway has no credentials for the vendor.
    pub const VENDOR_NOT_CONFIGURED: &str = "VENDOR_NOT_CONFIGURED";
    /// The vendor failed so often just now that it was not asked.
    pub const VENDOR_CIRCUIT_OPEN: &str = "VENDOR_CIRCUIT_OPEN";
    /// The request's own time was used up.
    pub const DEADLINE_EXCEEDED: &str = "DEADLINE_EXCEEDED";
    /// An argument is wrong.
    pub const BAD_USER_INPUT: &str = "BAD_USER_INPUT";
    /// The document has too many bytes.
    pub const DOCUMENT_TOO_LARGE: &str = "DOCUMENT_TOO_LARGE";
    /// The document is nested too deeply, or grows too much when its fragments are spread.
    pub const DOCUMENT_TOO_COMPLEX: &str = "DOCUMENT_TOO_COMPLEX";
    /// The gateway does not know the document that the request names: it is to be sent in full.
    pub const PERSISTED_QUERY_NOT_FOUND: &str = "PERSISTED_QUERY_NOT_FOUND";
    /// The gateway takes documents only that were made known to it beforehand.
    pub const PERSISTED_QUERY_REQUIRED: &str = "PERSISTED_QUERY_REQUIRED";
    /// The request has no key or token, or none that is valid.
    pub const UNAUTHENTICATED: &str = "UNAUTHENTICATED";
    /// The caller may not do what the document asks for.
    pub const FORBIDDEN: &str = "FORBIDDEN";
    /// The gateway has too much to do: the request was not looked into, and may be sent again in a moment.
    pub const OVERLOADED: &str = "OVERLOADED";
    /// The answer had more errors than are told; the rest was left out.
    pub const TOO_MANY_ERRORS: &str = "TOO_MANY_ERRORS";
    /// The answer has more bytes than the gateway gives out.
    pub const ANSWER_TOO_LARGE: &str = "ANSWER_TOO_LARGE";
    /// The caller asked for more in this time than it may.
    pub const RATE_LIMITED: &str = "RATE_LIMITED";
    /// A mistake in the gateway.
    pub const INTERNAL: &str = "INTERNAL";
}

/// The code for a failed call.
pub fn code_of(kind: vendor::Kind) -> &'static str {
    use vendor::Kind;
    match kind {
        Kind::Unauthorized => code::VENDOR_UNAUTHORIZED,
        Kind::RateLimited => code::VENDOR_RATE_LIMITED,
        Kind::Timeout => code::VENDOR_TIMEOUT,
        Kind::Deadline => code::DEADLINE_EXCEEDED,
        Kind::Unavailable => code::VENDOR_UNAVAILABLE,
        Kind::CircuitOpen => code::VENDOR_CIRCUIT_OPEN,
        Kind::InvalidResponse | Kind::Rejected | Kind::NotFound => code::VENDOR_INVALID_RESPONSE,
        Kind::NotConfigured => code::VENDOR_NOT_CONFIGURED,
        Kind::Unsupported => code::INTERNAL,
    }
}

/// The sentence for a failed call.
pub fn message_of(error: &vendor::Error) -> String {
    use vendor::Kind;
    let vendor = error.vendor;
    match error.kind {
        Kind::Unauthorized => format!("{vendor} did not accept the gateway's credentials."),
        Kind::RateLimited => format!("{vendor} was asked too often; try again later."),
        Kind::Timeout => format!("{vendor} did not answer in time."),
        Kind::Deadline => format!("The request's time was used up before {vendor} had answered."),
        Kind::Unavailable => format!("{vendor} cannot be reached or is broken; try again later."),
        Kind::CircuitOpen => {
            format!("{vendor} failed repeatedly and is not asked for now; try again later.")
        }
        Kind::InvalidResponse => format!("{vendor} answered in a way that it does not document."),
        Kind::Rejected | Kind::NotFound => format!("{vendor} refused a request that it documents."),
        Kind::NotConfigured => format!("{vendor} is not configured in this gateway."),
        Kind::Unsupported => format!("{vendor} has no such thing."),
    }
}

/// A failed call, as a GraphQL error.
pub fn from_vendor(ctx: &Context<'_>, error: &vendor::Error) -> Error {
    Error::new(message_of(error)).extend_with(|_, extensions| {
        extensions.set("code", code_of(error.kind));
        extensions.set("vendor", error.vendor.name());
        extensions.set("retryable", error.is_retryable());
        if let Some(after) = error.retry_after_seconds() {
            extensions.set("retryAfterSeconds", after);
        }
        extensions.set("requestId", request_id(ctx));
    })
}

/// A vendor's part of a list that is not whole, as a GraphQL error.
pub fn about_vendor(
    ctx: &Context<'_>,
    vendor: Vendor,
    code: &'static str,
    message: String,
) -> Error {
    Error::new(message).extend_with(|_, extensions| {
        extensions.set("code", code);
        extensions.set("vendor", vendor.name());
        extensions.set("retryable", false);
        extensions.set("requestId", request_id(ctx));
    })
}

/// That what only one vendor has of a referral could not be read, as a GraphQL error.
pub fn no_details(ctx: &Context<'_>, vendor: Vendor) -> Error {
    let message = format!(
        "What only {vendor} tells of this referral is not as {vendor} documents it, and is left out; `raw` has it."
    );
    about_vendor(ctx, vendor, code::VENDOR_INVALID_RESPONSE, message)
}

/// A wrong argument, as a GraphQL error. The message says what was wrong and what is right.
pub fn bad_input(ctx: &Context<'_>, message: impl Into<String>) -> Error {
    Error::new(message).extend_with(|_, extensions| {
        extensions.set("code", code::BAD_USER_INPUT);
        extensions.set("retryable", false);
        extensions.set("requestId", request_id(ctx));
    })
}

/// That no vendor is configured which could do it.
pub fn bad_vendors(ctx: &Context<'_>, message: &str) -> Error {
    Error::new(message).extend_with(|_, extensions| {
        extensions.set("code", code::VENDOR_NOT_CONFIGURED);
        extensions.set("retryable", false);
        extensions.set("requestId", request_id(ctx));
    })
}

/// A failure of the gateway's own. A read may succeed when it is made again; but nothing promises that, and of a write no
/// program should try.
pub fn mistake(ctx: &Context<'_>, message: &str) -> Error {
    Error::new(message).extend_with(|_, extensions| {
        extensions.set("code", code::INTERNAL);
        extensions.set("retryable", false);
        extensions.set("requestId", request_id(ctx));
    })
}

/// Adds an error at the path of the field being resolved, which keeps its value.
pub fn add(ctx: &Context<'_>, error: Error) {
    ctx.add_error(ctx.set_error_path(error.into_server_error(ctx.item.pos)));
}

fn request_id<'a>(ctx: &Context<'a>) -> &'a str {
    ctx.data_opt::<Loaders>()
        .map_or("", |loaders| &loaders.call.request_id)
}
