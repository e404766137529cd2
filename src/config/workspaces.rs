//! The customers of the gateway: each has vendors of its own, with credentials and settings of its own.

use std::collections::BTreeMap;

use super::reader::Reader;
use crate::model::{Vendor, Workspace};
use crate::vendor::{Connector, VENDORS};

/// One customer's vendors.
pub struct OfWorkspace {
    /// Whose.
    pub workspace: Workspace,
    /// Every vendor, with what makes its adapter when it has credentials.
    pub vendors: Vec<(Vendor, Option<Connector>)>,
    /// Before the names of its sections: empty, or `workspaces.acme.`.
    prefix: String,
}

impl OfWorkspace {
    /// How the keys of a vendor's section begin, as in `workspaces.acme.introzy.`.
    pub fn section_of(&self, vendor: Vendor) -> String {
        format!("{}{}.", self.prefix, vendor.key())
    }
}

const ABOUT: &str = "Customers of this gateway, each with credentials and settings of its own, as in [workspaces.acme.introzy]. Callers say which of them they belong to. Without any, the vendors' sections of the file make the workspace `default`.";

/// Reads all of them.
pub(super) fn read(reader: &mut Reader<'_>) -> Vec<OfWorkspace> {
    let is_told_apart = reader.has("workspaces");
    let named = reader.groups("workspaces", ABOUT, check_name, read_vendors);
    let at_top: Vec<&str> = VENDORS
        .iter()
        .map(|entry| entry.vendor.key())
        .filter(|vendor| reader.has(vendor))
        .collect();
    let unnamed = read_vendors(reader);
    if !is_told_apart {
        return vec![OfWorkspace {
            workspace: Workspace::default(),
            vendors: unnamed,
            prefix: String::new(),
        }];
    }
    let mut said: BTreeMap<&str, &str> = BTreeMap::new();
    for (vendor, connector) in &unnamed {
        if connector.is_some() {
            said.insert(vendor.key(), "is set by variables");
        }
    }
    said.extend(at_top.into_iter().map(|vendor| (vendor, "is a section")));
    for (vendor, how) in said {
        let what = "beside workspaces: say it in a workspace, as in";
        reader.problem(format!(
            "{vendor}: {how} {what} [workspaces.default.{vendor}]; a secret there may be {{ env = \"NAME\" }}"
        ));
    }
    if named.is_empty() {
        reader.problem("workspaces: there must be at least one, as in [workspaces.acme.introzy]");
    }
    let named = named.into_iter().map(|(name, vendors)| OfWorkspace {
        prefix: format!("workspaces.{name}."),
        workspace: Workspace::new(name),
        vendors,
    });
    named.collect()
}

fn read_vendors(reader: &mut Reader<'_>) -> Vec<(Vendor, Option<Connector>)> {
    let about = "Credentials and settings of this vendor.";
    let read = |entry: &crate::vendor::Entry| {
        let connector = reader.section(entry.vendor.key(), about, entry.configure);
        (entry.vendor, connector)
    };
    VENDORS.iter().map(read).collect()
}

/// Names are parts of files' names, of log lines and of metrics.
fn check_name(name: &str) -> Result<(), &'static str> {
    let is_plain = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
    };
    let begins_well = name
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_alphanumeric());
    if begins_well && name.len() <= 63 && name.bytes().all(is_plain) {
        return Ok(());
    }
    Err(
        "a workspace's name has 1 to 63 lower-case letters, digits, - and _, and begins with a letter or digit",
    )
}
