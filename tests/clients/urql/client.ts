import { cacheExchange, Client, fetchExchange, gql } from "@urql/core";

export function newClient(url: string, fetch = globalThis.fetch) {
  return new Client({ url, fetch, exchanges: [cacheExchange, fetchExchange], preferGetMethod: "within-url-limit" });
}

export const PAGE = gql`
  query Page($first: Int!, $after: String) {
    referrals(first: $first, after: $after) {
      nodes {
        id
        vendor
        status
      }
      pageInfo {
        hasNextPage
        endCursor
      }
      sources {
        vendor
        status
        message
      }
    }
  }
`;

export const REFERRAL = gql`
  query Referral($id: ID!) {
    referral(id: $id) {
      id
      name
      status
      allowedActions
    }
  }
`;

export const MODERATE = gql`
  mutation Moderate($input: ModerateReferralsInput!) {
    moderateReferrals(input: $input) {
      results {
        outcome
        referral {
          id
          status
          allowedActions
        }
        userErrors {
          message
        }
      }
      userErrors {
        message
      }
    }
  }
`;
