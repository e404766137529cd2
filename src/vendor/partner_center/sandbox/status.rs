//! Which status and substatus go together, and what a referral may become:
//! <https://learn.microsoft.com/en-us/partner-center/developer/referral-resources>.

/// Every status with what may follow it and the substatuses that it has, the usual one first. `None` is a value of
/// both lists, but in no row of the table.
const TABLE: [(&str, &[&str], &[&str]); 3] = [
    (
        "New",
        &["New", "Active", "Closed"],
        &["Pending", "Received"],
    ),
    ("Active", &["Active", "Closed"], &["Accepted"]),
    (
        "Closed",
        &["Closed"],
        &["Won", "Lost", "Declined", "Expired"],
    ),
];

/// The pair that a new referral has, given what was sent of it. A closed one has no usual substatus.
pub(super) fn initial(
    status: Option<&str>,
    substatus: Option<&str>,
) -> Result<(String, String), String> {
    let status = status.unwrap_or("New");
    let usual = TABLE.iter().find(|(known, ..)| *known == status);
    let usual = usual
        .filter(|_| status != "Closed")
        .and_then(|(_, _, substatuses)| substatuses.first());
    let Some(substatus) = substatus.or(usual.copied()) else {
        return Err(format!("The status '{status}' needs a substatus."));
    };
    check_pair(status, substatus)?;
    Ok((status.to_owned(), substatus.to_owned()))
}

/// Whether a referral in one status may change to this pair.
pub(super) fn transition(from: &str, status: &str, substatus: &str) -> Result<(), String> {
    let following = TABLE.iter().find(|(known, ..)| *known == from);
    if !following.is_some_and(|(_, following, _)| following.contains(&status)) {
        return Err(format!(
            "The status cannot change from '{from}' to '{status}'."
        ));
    }
    check_pair(status, substatus)
}

fn check_pair(status: &str, substatus: &str) -> Result<(), String> {
    let row = TABLE.iter().find(|(known, ..)| *known == status);
    if row.is_some_and(|(_, _, substatuses)| substatuses.contains(&substatus)) {
        return Ok(());
    }
    Err(format!(
        "The substatus '{substatus}' is not allowed in the status '{status}'."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATUSES: [&str; 4] = ["None", "New", "Active", "Closed"];
    const SUBSTATUSES: [&str; 8] = [
        "None", "Pending", "Received", "Accepted", "Won", "Lost", "Declined", "Expired",
    ];

    #[test]
    fn the_table_allows_what_the_pages_allow_and_nothing_else() {
        let mut allowed = Vec::new();
        for from in STATUSES {
            for to in STATUSES {
                let substatuses: Vec<_> = SUBSTATUSES
                    .into_iter()
                    .filter(|substatus| transition(from, to, substatus).is_ok())
                    .collect();
                if !substatuses.is_empty() {
                    allowed.push(format!("{from} {to}: {}", substatuses.join(" ")));
                }
            }
        }
        assert_eq!(
            allowed,
            [
                "New New: Pending Received",
                "New Active: Accepted",
                "New Closed: Won Lost Declined Expired",
                "Active Active: Accepted",
                "Active Closed: Won Lost Declined Expired",
                "Closed Closed: Won Lost Declined Expired",
            ]
        );
    }

    #[test]
    fn a_new_referral_is_new_and_pending_unless_it_says_otherwise() {
        let pair = |status, substatus| initial(status, substatus).ok();
        let owned = |status: &str, substatus: &str| Some((status.to_owned(), substatus.to_owned()));
        assert_eq!(pair(None, None), owned("New", "Pending"));
        assert_eq!(pair(Some("Active"), None), owned("Active", "Accepted"));
        assert_eq!(pair(None, Some("Received")), owned("New", "Received"));
        assert_eq!(pair(Some("Closed"), Some("Won")), owned("Closed", "Won"));
        assert_eq!(pair(Some("Closed"), None), None);
        assert_eq!(pair(Some("Active"), Some("Pending")), None);
        assert_eq!(pair(Some("None"), Some("None")), None);
    }
}
