//! What a `$filter` means, and whether this API would take it:
//! <https://learn.microsoft.com/en-us/partner-center/developer/get-a-list-of-referrals>.

use std::cmp::Ordering;

use bigdecimal::BigDecimal;
use jiff::Timestamp;

use super::json::Json;
use super::parser;
use crate::sandbox::Switches;

/// The fields that some page shows in a filter.
const DOCUMENTED: [&str; 9] = [
    "engagementId",
    "status",
    "substatus",
    "updatedDateTime",
    "email",
    "qualification",
    "direction",
    "type",
    "customerProfile/address/country",
];
/// The lists that some page shows in a filter.
const DOCUMENTED_LISTS: [&str; 1] = ["team"];

/// The properties of a referral.
pub(super) const PROPERTIES: [&str; 42] = [
    "id",
    "engagementId",
    "name",
    "organizationId",
    "organizationName",
    "externalReferenceId",
    "createdDateTime",
    "updatedDateTime",
    "expirationDateTime",
    "acceptedDateTime",
    "closedDateTime",
    "status",
    "substatus",
    "statusReason",
    "qualification",
    "type",
    "referralSource",
    "callToAction",
    "eTag",
    "favorite",
    "campaignId",
    "salesStage",
    "quality",
    "isSpam",
    "direction",
    "mpnId",
    "referralProgram",
    "dealSensitivity",
    "createdVia",
    "lastModifiedVia",
    "lastRunId",
    "tags",
    "registrationStatus",
    "registrations",
    "target",
    "customerProfile",
    "consent",
    "details",
    "inviteContext",
    "team",
    "trackingInfo",
    "links",
];

/// A condition on a referral.
#[derive(Debug)]
pub(super) enum Expression {
    Or(Box<Expression>, Box<Expression>),
    And(Box<Expression>, Box<Expression>),
    Not(Box<Expression>),
    Compare {
        path: Vec<String>,
        operator: Operator,
        literal: Literal,
    },
    Any {
        list: Vec<String>,
        variable: String,
        condition: Box<Expression>,
    },
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Operator {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

#[derive(Debug)]
pub(super) enum Literal {
    Null,
    Bool(bool),
    Number(BigDecimal),
    Quoted(String),
    Guid(String),
    Time(Timestamp),
}

/// The record, and inside of `any` also the element that its variable stands for.
#[derive(Clone, Copy)]
struct Scope<'a> {
    record: &'a Json,
    element: Option<(&'a str, &'a Json)>,
}

/// Reads and checks a filter. What the switches refuse is an error; what they let pass without a page showing it is
/// added to `notes`.
pub(super) fn read(
    text: &str,
    switches: &Switches,
    notes: &mut Vec<String>,
) -> Result<Expression, String> {
    let expression = parser::parse(text)?;
    check(&expression, switches, None, notes)?;
    Ok(expression)
}

impl Expression {
    /// Whether the referral meets the condition.
    pub(super) fn holds(&self, referral: &Json) -> bool {
        self.holds_in(Scope {
            record: referral,
            element: None,
        })
    }

    fn holds_in(&self, scope: Scope<'_>) -> bool {
        match self {
            Self::Or(left, right) => left.holds_in(scope) || right.holds_in(scope),
            Self::And(left, right) => left.holds_in(scope) && right.holds_in(scope),
            Self::Not(inner) => !inner.holds_in(scope),
            Self::Any {
                list,
                variable,
                condition,
            } => {
                let Some(Json::List(items)) = scope.value(list) else {
                    return false;
                };
                items.iter().any(|item| {
                    condition.holds_in(Scope {
                        element: Some((variable, item)),
                        ..scope
                    })
                })
            }
            // The oldest page names a field `email`: that of the team's contacts.
            Self::Compare {
                path,
                operator,
                literal,
            } if *path == ["email"] && scope.element.is_none() => {
                let Some(Json::List(team)) = scope.record.get("team") else {
                    return false;
                };
                team.iter()
                    .any(|member| compare(member.get("email"), *operator, literal))
            }
            Self::Compare {
                path,
                operator,
                literal,
            } => compare(scope.value(path), *operator, literal),
        }
    }
}

impl<'a> Scope<'a> {
    fn value(&self, path: &[String]) -> Option<&'a Json> {
        let (first, rest) = path.split_first()?;
        match self.element {
            Some((variable, element)) if variable == first => walk(element, rest),
            _ => walk(self.record, path),
        }
    }
}

fn walk<'a>(start: &'a Json, path: &[String]) -> Option<&'a Json> {
    path.iter()
        .try_fold(start, |value, segment| value.get(segment))
}

/// A missing member and a null are the same; a null is neither smaller nor greater than anything.
fn compare(value: Option<&Json>, operator: Operator, literal: &Literal) -> bool {
    let value = value.unwrap_or(&Json::Null);
    let ordering = match (value, literal) {
        (Json::Null, Literal::Null) => Some(Ordering::Equal),
        (Json::Bool(value), Literal::Bool(wanted)) => Some(value.cmp(wanted)),
        (Json::Number(digits), Literal::Number(wanted)) => digits
            .parse::<BigDecimal>()
            .ok()
            .map(|value| value.cmp(wanted)),
        (Json::Text(text), Literal::Time(wanted)) => time(text).map(|value| value.cmp(wanted)),
        (Json::Text(text), Literal::Guid(wanted)) => Some(text.to_lowercase().cmp(wanted)),
        (Json::Text(text), Literal::Quoted(wanted)) => match (time(text), time(wanted)) {
            (Some(value), Some(wanted)) => Some(value.cmp(&wanted)),
            _ => Some(text.cmp(wanted)),
        },
        _ => None,
    };
    match operator {
        Operator::Eq => ordering == Some(Ordering::Equal),
        Operator::Ne => ordering != Some(Ordering::Equal),
        Operator::Gt => ordering == Some(Ordering::Greater),
        Operator::Lt => ordering == Some(Ordering::Less),
        Operator::Ge => matches!(ordering, Some(Ordering::Greater | Ordering::Equal)),
        Operator::Le => matches!(ordering, Some(Ordering::Less | Ordering::Equal)),
    }
}

fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

fn check(
    expression: &Expression,
    switches: &Switches,
    variable: Option<&str>,
    notes: &mut Vec<String>,
) -> Result<(), String> {
    match expression {
        Expression::Or(left, right) | Expression::And(left, right) => {
            check(left, switches, variable, notes)?;
            check(right, switches, variable, notes)
        }
        Expression::Not(inner) => check(inner, switches, variable, notes),
        Expression::Any {
            list,
            variable,
            condition,
        } => {
            check_path(list, &DOCUMENTED_LISTS, switches, None, notes)?;
            check(condition, switches, Some(variable), notes)
        }
        Expression::Compare { path, literal, .. } => {
            check_path(path, &DOCUMENTED, switches, variable, notes)?;
            check_literal(path, literal, switches)
        }
    }
}

fn check_path(
    path: &[String],
    documented: &[&str],
    switches: &Switches,
    variable: Option<&str>,
    notes: &mut Vec<String>,
) -> Result<(), String> {
    if variable.is_some_and(|variable| path[0] == variable) {
        return Ok(());
    }
    let whole = path.join("/");
    if documented.contains(&whole.as_str()) {
        return Ok(());
    }
    if !PROPERTIES.contains(&path[0].as_str()) {
        return Err(format!(
            "Could not find a property named '{whole}' on type 'Referral'."
        ));
    }
    let is_refused =
        whole == "externalReferenceId" && switches.is("filter_external_reference", "refused");
    if is_refused || switches.is("filter_fields", "documented") {
        return Err(format!(
            "The property '{whole}' cannot be used in the $filter query option."
        ));
    }
    notes.push(format!("$filter on {whole} is not documented"));
    Ok(())
}

fn check_literal(path: &[String], literal: &Literal, switches: &Switches) -> Result<(), String> {
    let is_time = path.last().is_some_and(|name| name.ends_with("DateTime"));
    if !is_time {
        return match literal {
            Literal::Time(_) => Err(format!("'{}' is not a time.", path.join("/"))),
            _ => Ok(()),
        };
    }
    let form = match literal {
        Literal::Null => return Ok(()),
        Literal::Time(_) => "bare",
        Literal::Quoted(text) if time(text).is_some() => "quoted",
        _ => {
            return Err(format!(
                "'{}' is compared with something that is not a time.",
                path.join("/")
            ));
        }
    };
    let taken = switches.get("date_literals");
    if taken == "either" || taken == form {
        return Ok(());
    }
    Err(format!(
        "A time must be {taken} in the $filter query option."
    ))
}

#[cfg(test)]
mod tests {
    use super::super::switches::SWITCHES;
    use super::*;
    use serde_json::json;

    fn holds(filter: &str) -> bool {
        let referral = Json::from(json!({
            "id": "65edc0b5-0000-4000-8000-00000000000a",
            "engagementId": "65EDC0B5-0000-4000-8000-00000000000B",
            "name": "O'Neill's deal",
            "status": "New",
            "substatus": "Pending",
            "statusReason": null,
            "favorite": true,
            "updatedDateTime": "2021-03-01T00:00:00.1234567Z",
            "details": {"dealValue": 50000},
            "customerProfile": {"address": {"country": "US"}},
            "team": [{"email": "a@b.c", "title": null}, {"email": "d@e.f"}],
        }));
        read(filter, &Switches::new(SWITCHES), &mut Vec::new())
            .unwrap_or_else(|problem| panic!("{filter}: {problem}"))
            .holds(&referral)
    }

    #[test]
    fn the_filters_of_the_pages_hold_where_they_should() {
        for filter in [
            "status eq 'New' and substatus eq 'Pending'",
            "(status eq 'Active' or status eq 'New') and not (substatus eq 'Received')",
            "status ne 'Closed' and status ne 'Active'",
            "customerProfile/address/country eq 'US'",
            "team/any(t:t/email eq 'd@e.f')",
            "team/any(t: t/email eq 'a@b.c' and t/title eq null)",
            "email eq 'a@b.c'",
            "name eq 'O''Neill''s deal'",
            "engagementId eq 65edc0b5-0000-4000-8000-00000000000b",
            "updatedDateTime gt 2021-01-01T00:00:00Z",
            "updatedDateTime le 2021-03-01T01:00:01+01:00",
            "updatedDateTime gt '2021-03-01T00:00:00.1234566Z'",
            "details/dealValue ge 50000.00",
            "details/dealValue lt 50000.01",
            "statusReason eq null",
            "favorite eq true",
            "not not favorite eq true",
        ] {
            assert!(holds(filter), "{filter}");
        }
    }

    #[test]
    fn filters_that_do_not_match_do_not_hold() {
        for filter in [
            "status eq 'new'",
            "not (status eq 'New')",
            "status eq 'New' and substatus eq 'Received' or substatus eq 'Won'",
            "team/any(t:t/email eq 'x')",
            "expirationDateTime gt 2021-01-01T00:00:00Z",
            "updatedDateTime gt 2021-03-01T00:00:00.1234567Z",
            "details/dealValue gt 50000",
        ] {
            assert!(!holds(filter), "{filter}");
        }
    }

    #[test]
    fn malformed_filters_are_refused() {
        let deep = format!("{}status eq 'New'{}", "(".repeat(60), ")".repeat(60));
        for filter in [
            "",
            "status",
            "status eq",
            "status eq New",
            "status like 'New'",
            "status eq 'New",
            "(status eq 'New'",
            "status eq 'New')",
            "status eq 'New' and",
            "status eq 'New' status eq 'New'",
            "wrong eq 'New'",
            "status eq 2021-01-01T00:00:00Z",
            "updatedDateTime gt 'yesterday'",
            "updatedDateTime gt 5",
            "team/any(email eq 'x')",
            "team/any()",
            "/status eq 'New'",
            "contains(name,'x')",
            &deep,
        ] {
            let read = read(filter, &Switches::new(SWITCHES), &mut Vec::new());
            assert!(read.is_err(), "{filter}");
        }
    }

    #[test]
    fn fields_that_no_page_filters_by_are_noted_or_refused() {
        let switches = Switches::new(SWITCHES);
        let mut notes = Vec::new();
        read(
            "createdDateTime gt 2021-01-01T00:00:00Z",
            &switches,
            &mut notes,
        )
        .unwrap();
        assert_eq!(notes, ["$filter on createdDateTime is not documented"]);
        switches.set("filter_fields", "documented").unwrap();
        assert!(
            read(
                "createdDateTime gt 2021-01-01T00:00:00Z",
                &switches,
                &mut notes
            )
            .is_err()
        );
        assert!(read("status eq 'New'", &switches, &mut notes).is_ok());
    }
}
