//! What a caller may do.

use std::fmt;

/// One thing that a caller may be allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Read referrals, connections, engagements, facilitators' parts that name nobody, and operations.
    ReferralsRead,
    /// Create, change, share and convert referrals, ask for connections, add notes.
    ReferralsWrite,
    /// Approve and deny referrals.
    ReferralsModerate,
    /// Add and remove facilitators.
    FacilitatorsWrite,
    /// Read and search by what tells who somebody is, and how to reach them.
    PeopleRead,
    /// Read vendors' own JSON.
    RawRead,
    /// Read the schema, and be helped with its names.
    SchemaRead,
    /// Everything, the metrics included.
    Admin,
}

/// A set of them.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Scopes(u8);

/// What it takes to select fields of a type, or to give fields of an input: one line of the policy.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The type's name in the schema.
    pub of: &'static str,
    /// What is needed; nothing beside what led to the type where this is `None`.
    pub needs: Option<Scope>,
    /// The fields' names, with spaces between.
    pub fields: &'static str,
}

/// That fields of a type need a scope.
pub const fn needs(scope: Scope, of: &'static str, fields: &'static str) -> Rule {
    Rule {
        of,
        needs: Some(scope),
        fields,
    }
}

/// That fields of a type need nothing but what led to it.
pub const fn open(of: &'static str, fields: &'static str) -> Rule {
    Rule {
        of,
        needs: None,
        fields,
    }
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 8] = [
        Self::ReferralsRead,
        Self::ReferralsWrite,
        Self::ReferralsModerate,
        Self::FacilitatorsWrite,
        Self::PeopleRead,
        Self::RawRead,
        Self::SchemaRead,
        Self::Admin,
    ];

    /// As configuration, tokens and messages spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::ReferralsRead => "referrals:read",
            Self::ReferralsWrite => "referrals:write",
            Self::ReferralsModerate => "referrals:moderate",
            Self::FacilitatorsWrite => "facilitators:write",
            Self::PeopleRead => "people:read",
            Self::RawRead => "raw:read",
            Self::SchemaRead => "schema:read",
            Self::Admin => "admin",
        }
    }

    /// The scope of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

impl Scopes {
    /// None.
    pub const NONE: Self = Self(0);
    /// Everything.
    pub const ALL: Self = Self(u8::MAX);

    /// With one more. `admin` is all of them.
    pub fn with(self, scope: Scope) -> Self {
        match scope {
            Scope::Admin => Self::ALL,
            scope => Self(self.0 | bit(scope)),
        }
    }

    /// Whether this one is among them.
    pub fn contains(self, scope: Scope) -> bool {
        self.0 & bit(scope) != 0
    }

    /// Whether all of these are among them.
    pub fn contain(self, all: Self) -> bool {
        self.0 & all.0 == all.0
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL
            .into_iter()
            .filter(move |scope| self.contains(*scope))
    }
}

fn bit(scope: Scope) -> u8 {
    1 << scope as u8
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        scopes.into_iter().fold(Self::NONE, Self::with)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admin_is_everything_and_nothing_else_is() {
        assert_eq!(Scopes::from_iter([Scope::Admin]), Scopes::ALL);
        let all_others = Scope::ALL.into_iter().filter(|it| *it != Scope::Admin);
        let all_others: Scopes = all_others.collect();
        assert!(!all_others.contains(Scope::Admin));
        assert!(Scopes::ALL.contain(all_others) && !all_others.contain(Scopes::ALL));
    }

    #[test]
    fn every_scope_is_found_by_its_name() {
        for scope in Scope::ALL {
            assert_eq!(Scope::named(scope.name()), Some(scope));
        }
        assert_eq!(Scope::named("Admin"), None);
    }
}
