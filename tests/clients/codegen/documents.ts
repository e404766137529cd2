import { graphql } from "./__generated__";

export const ReferralRow = graphql(`
  fragment ReferralRow on Referral {
    id
    vendor
    status
    createdAt
    value {
      amount
      currency
    }
  }
`);

export const ReferralDetails = graphql(`
  fragment ReferralDetails on Referral {
    details {
      __typename
      ... on IntrozyReferral {
        pipelineDealId
      }
      ... on PlannrReferral {
        adviceType
        slaDeadline
      }
      ... on PartnerCenterReferral {
        dealValue
        currency
      }
      ... on SaasquatchReferral {
        referralCodeUsed
      }
    }
    raw
  }
`);

export const Referrals = graphql(`
  query Referrals($first: Int!, $after: String, $filter: ReferralFilter) {
    referrals(first: $first, after: $after, filter: $filter) {
      nodes {
        ...ReferralRow
      }
      pageInfo {
        hasNextPage
        endCursor
      }
      sources {
        vendor
        status
        code
      }
    }
  }
`);

export const OneReferral = graphql(`
  query OneReferral($id: ID!) {
    referral(id: $id) {
      ...ReferralRow
      ...ReferralDetails
    }
  }
`);

export const CreateReferral = graphql(`
  mutation CreateReferral($input: CreateReferralInput!) {
    createReferral(input: $input) {
      outcome
      referral {
        ...ReferralRow
      }
      userErrors {
        code
        message
        path
      }
      operation {
        idempotencyKey
        state
      }
    }
  }
`);
