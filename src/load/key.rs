//! What tells one cached record from another, whose it is first of all.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::record::Kind;
use crate::model::{Vendor, Workspace};

/// What the keys of one vendor's records in one workspace have in common. Nothing is cached without it. The keys of a
/// list's rows share one.
///
/// There is none without a workspace:
///
/// ```compile_fail
/// use referral_gateway::load::Scope;
/// use referral_gateway::model::Vendor;
///
/// let scope = Scope::new(Vendor::ALL[0], "");
/// ```
///
/// With one, there is:
///
/// ```
/// use referral_gateway::load::Scope;
/// use referral_gateway::model::{Vendor, Workspace};
///
/// let scope = Scope::new(Workspace::new("acme"), Vendor::ALL[0], "");
/// assert_ne!(scope, Scope::new(Workspace::new("globex"), Vendor::ALL[0], ""));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope(Arc<Shared>);

#[derive(Debug, PartialEq, Eq)]
struct Shared {
    /// Of all the rest: every look at a record begins with it.
    hash: u64,
    whose: Whose,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Whose {
    workspace: Workspace,
    vendor: Vendor,
    account: Box<str>,
    /// Which configuration of the vendor's it was read with: another may be for another account.
    generation: u64,
}

/// What tells one cached record from another.
#[derive(Clone, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(Debug))]
pub struct Key {
    scope: Scope,
    kind: Kind,
    id: Arc<str>,
}

impl Hash for Scope {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0.hash);
    }
}

impl Scope {
    /// The scope of a vendor's records in a workspace, as seen from an account where that matters.
    pub fn new(workspace: Workspace, vendor: Vendor, account: &str) -> Self {
        Self::of_generation(workspace, vendor, account, 0)
    }

    /// The same, read with a later configuration of the vendor's.
    pub fn of_generation(
        workspace: Workspace,
        vendor: Vendor,
        account: &str,
        generation: u64,
    ) -> Self {
        let whose = Whose {
            workspace,
            vendor,
            account: account.into(),
            generation,
        };
        // Nobody outside chooses what goes into it: it comes from the configuration.
        let mut hasher = DefaultHasher::new();
        whose.hash(&mut hasher);
        let hash = hasher.finish();
        Self(Arc::new(Shared { hash, whose }))
    }

    /// Whose records these are.
    pub fn vendor(&self) -> Vendor {
        self.0.whose.vendor
    }

    /// Who reads them.
    pub(super) fn workspace(&self) -> &Workspace {
        &self.0.whose.workspace
    }

    /// The key of one record.
    pub fn key(&self, kind: Kind, id: Arc<str>) -> Key {
        Key {
            scope: self.clone(),
            kind,
            id,
        }
    }
}

impl Key {
    /// Whose record it is.
    pub fn vendor(&self) -> Vendor {
        self.scope.vendor()
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The id within its kind.
    pub fn id(&self) -> &Arc<str> {
        &self.id
    }

    /// What it has in common with the vendor's other keys.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }
}
