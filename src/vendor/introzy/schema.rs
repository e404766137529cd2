//! The GraphQL types that only Introzy has.

use async_graphql::{Enum, ID, InputObject, SimpleObject};
use serde::{Deserialize, Serialize};

use crate::model::Decimal;

/// What Introzy tells of a referral opportunity beyond the common fields.
/// A field is null when Introzy sent none.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
#[graphql(complex)]
pub struct IntrozyReferral {
    /// The id under which Introzy keeps the deal of this referral. Introzy documents it as always equal to `remoteId`.
    pub pipeline_deal_id: String,
    /// The user who owns the deal. Null when Introzy names none.
    pub owner: Option<IntrozyUser>,
    /// Who looks for a solution, as Introzy has it; `referred` is made from it. Null when Introzy names none.
    pub seeker: Option<IntrozyParty>,
    /// Who offers a solution, as Introzy has it; `recipient` is made from it. Null when Introzy names none.
    pub provider: Option<IntrozyParty>,
    /// Who introduced the two, as Introzy has it; `referrer` is made from it. Null when nobody did.
    pub connector: Option<IntrozyUser>,
    /// What the organization wrote about the stage. Null when it wrote nothing or when Introzy left it out, which the
    /// documented list does.
    pub stage_description: Option<String>,
    /// The stage's place in the pipeline, counted from 0. Null when Introzy left it out, which the documented list does.
    pub stage_sort_order: Option<i32>,
}

/// A party of an Introzy referral: a person or a company.
/// A field is null when Introzy sent none.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct IntrozyParty {
    /// Whether it is a person or a company. Null when Introzy does not say.
    #[graphql(name = "type")]
    pub kind: Option<IntrozyPartyType>,
    /// Introzy's own id of the person or company.
    pub remote_id: Option<String>,
    /// A person's given name. Null for companies, and for people known by other fields only.
    pub first_name: Option<String>,
    /// A person's family name. Null for companies, and for people known by other fields only.
    pub last_name: Option<String>,
    /// A person's e-mail address. Null for companies, and where Introzy has none.
    pub email: Option<String>,
    /// A company's name. Null for people.
    pub name: Option<String>,
    /// Where a person works. Null where Introzy knows no employer.
    pub company: Option<IntrozyCompany>,
}

/// Whether a party of an Introzy referral is a person or a company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum IntrozyPartyType {
    /// A person; Introzy calls every person a user here.
    User,
    /// A company.
    Company,
    /// A value that Introzy does not document; its own word is in the `raw` of the record.
    Unrecognized,
}

/// A user of Introzy.
/// A field is null when Introzy sent none.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct IntrozyUser {
    /// Introzy's own id of the user.
    pub remote_id: Option<String>,
    /// Given name. Null where Introzy has none.
    pub first_name: Option<String>,
    /// Family name. Null where Introzy has none.
    pub last_name: Option<String>,
    /// E-mail address. Null where Introzy has none.
    pub email: Option<String>,
    /// Where they work. Always null for the owner of a deal, for whom Introzy does not tell it.
    pub company: Option<IntrozyCompany>,
}

/// A company, as Introzy names it inside a referral.
/// A field is null when Introzy sent none.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct IntrozyCompany {
    /// Introzy's own id of the company.
    pub remote_id: Option<String>,
    /// Its name. Null where Introzy has none.
    pub name: Option<String>,
}

/// A new referral opportunity at Introzy, between two people who have none yet.
#[derive(Clone, PartialEq, InputObject, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewIntrozyReferral {
    /// Who looks for a solution: the `remoteId` of a person, a UUID.
    pub seeker_id: ID,
    /// Who offers a solution: the `remoteId` of a person, a UUID.
    pub provider_id: ID,
    /// Who introduces them: the id of a user, a UUID. Introzy takes the user of the gateway's key when it is left out.
    pub connector_id: Option<ID>,
    /// What it is called, at most 200 characters. Introzy makes a name of the two companies or people when it is left out.
    pub name: Option<String>,
    /// What it is about, at most 1,000 characters.
    pub description: Option<String>,
    /// What it is expected to be worth, in major units, 0 or more.
    pub expected_value: Option<Decimal>,
    /// The currency, three letters of ISO 4217. Introzy takes USD when it is left out.
    pub currency: Option<String>,
    /// The product that it is about, a UUID.
    pub product_id: Option<ID>,
}
