//! The customer of a referral, and the people on either side.

use async_graphql::SimpleObject;

use super::{PartnerCenterCompanySize, PartnerCenterCustomerIdType};

/// The customer that a Partner Center referral is about.
/// A field is null when Microsoft sent none or an empty text, a list is empty then.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct PartnerCenterCustomerProfile {
    /// The company's name.
    pub name: Option<String>,
    /// How many employees it has.
    pub size: Option<PartnerCenterCompanySize>,
    /// The size in Microsoft's own words, such as `10to50employees`, also where `size` is `UNRECOGNIZED`.
    pub size_text: Option<String>,
    /// Whether the matching of the customer is complete. Seen in answers, not documented.
    pub is_matching_complete: Option<bool>,
    /// Where it is.
    pub address: Option<PartnerCenterAddress>,
    /// The customer's people. They are also among the referral's `referred`.
    pub team: Vec<PartnerCenterMember>,
    /// The ids under which others know the customer.
    pub ids: Vec<PartnerCenterCustomerId>,
}

/// The address of a Partner Center customer.
/// A field is null when Microsoft sent none or an empty text.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct PartnerCenterAddress {
    /// Street and number.
    pub address_line1: Option<String>,
    /// The rest of the street address.
    pub address_line2: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// The state or province.
    pub state: Option<String>,
    /// The postal code.
    pub postal_code: Option<String>,
    /// Country as an ISO 3166 code: two letters in every known answer, although Microsoft's pages also speak of three.
    pub country: Option<String>,
    /// The region, beside state and country.
    pub region: Option<String>,
}

/// An id under which someone knows a Partner Center customer.
/// A field is null when Microsoft sent none or an empty text.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct PartnerCenterCustomerId {
    /// Who gave out the id.
    #[graphql(name = "type")]
    pub kind: Option<PartnerCenterCustomerIdType>,
    /// The type in Microsoft's own words, also where `type` is `UNRECOGNIZED`.
    pub type_text: Option<String>,
    /// The id itself.
    pub remote_id: Option<String>,
}

/// Someone on the customer's or the partner's side of a Partner Center referral.
/// A field is null when Microsoft sent none or an empty text.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct PartnerCenterMember {
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Telephone number, as it was entered.
    pub phone_number: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Job title.
    pub title: Option<String>,
    /// How they want to be written to.
    pub contact_preference: Option<PartnerCenterContactPreference>,
    /// What checking the e-mail address showed. Seen in answers, its values are not documented.
    pub email_validation_status: Option<String>,
    /// What checking the telephone number showed. Seen in answers, its values are not documented.
    pub phone_validation_status: Option<String>,
}

/// How someone wants to be written to by Partner Center.
/// A field is null when Microsoft sent none or an empty text.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct PartnerCenterContactPreference {
    /// Language and region, such as `en-us`.
    pub locale: Option<String>,
    /// Whether they want no notifications.
    pub disable_notifications: Option<bool>,
}
