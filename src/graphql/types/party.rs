//! People and organizations.

use std::borrow::Cow;

use async_graphql::{Object, Union};

use crate::model;

/// Someone who takes part in a referral or connection.
#[derive(Union)]
pub enum Party<'a> {
    /// A human being.
    Person(Person<'a>),
    /// A company or firm.
    Organization(Organization<'a>),
}

/// A human being, as far as the vendor tells. Needs the scope `people:read` where callers are authenticated.
#[derive(Clone)]
pub struct Person<'a>(pub Cow<'a, model::Person>);

/// A company or firm, as far as the vendor tells.
#[derive(Clone)]
pub struct Organization<'a>(pub Cow<'a, model::Organization>);

/// A human being, as far as the vendor tells. Needs the scope `people:read` where callers are authenticated.
#[Object]
impl Person<'_> {
    /// The vendor's own id, as the create inputs ask for it. Null where the vendor names people without an id
    /// (Partner Center).
    async fn remote_id(&self) -> Option<&str> {
        self.0.remote_id()
    }

    /// The full name, put together from its parts where the vendor has only those.
    async fn name(&self) -> Option<Cow<'_, str>> {
        self.0.name()
    }

    /// The given name.
    async fn first_name(&self) -> Option<&str> {
        self.0.first_name()
    }

    /// The family name.
    async fn last_name(&self) -> Option<&str> {
        self.0.last_name()
    }

    /// The e-mail address.
    async fn email(&self) -> Option<&str> {
        self.0.email()
    }

    /// The telephone number as the vendor writes it.
    async fn phone(&self) -> Option<&str> {
        self.0.phone()
    }

    /// Where they work.
    async fn organization(&self) -> Option<Organization<'_>> {
        self.0.organization().map(Organization::from)
    }
}

/// A company or firm, as far as the vendor tells.
#[Object]
impl Organization<'_> {
    /// The vendor's own id.
    async fn remote_id(&self) -> Option<&str> {
        self.0.remote_id()
    }

    /// What it is called.
    async fn name(&self) -> Option<&str> {
        self.0.name()
    }
}

impl<'a> From<&'a model::Party> for Party<'a> {
    fn from(party: &'a model::Party) -> Self {
        match party {
            model::Party::Person(person) => Self::Person(Person(Cow::Borrowed(person))),
            model::Party::Organization(organization) => Self::Organization(organization.into()),
        }
    }
}

impl From<model::Party> for Party<'_> {
    fn from(party: model::Party) -> Self {
        match party {
            model::Party::Person(person) => Self::Person(Person(Cow::Owned(person))),
            model::Party::Organization(organization) => {
                Self::Organization(Organization(Cow::Owned(organization)))
            }
        }
    }
}

impl<'a> From<&'a model::Organization> for Organization<'a> {
    fn from(organization: &'a model::Organization) -> Self {
        Self(Cow::Borrowed(organization))
    }
}
