import { createHash } from "node:crypto";
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { relayStylePagination } from "@apollo/client/utilities";

// Names each document by its hash; the whole text is sent only the first time that the gateway sees it.
const persisted = () =>
  new PersistedQueryLink({ sha256: async (text: string) => createHash("sha256").update(text).digest("hex") });

export function newClient(uri: string, fetch = globalThis.fetch) {
  return new ApolloClient({
    link: ApolloLink.from([persisted(), new HttpLink({ uri, fetch })]),
    cache: new InMemoryCache({
      possibleTypes: {
        Node: ["Referral", "Facilitator", "Connection", "Engagement"],
        Party: ["Person", "Organization"],
        ReferralDetails: ["IntrozyReferral", "PlannrReferral", "PartnerCenterReferral", "SaasquatchReferral"],
      },
      typePolicies: {
        Query: { fields: { referrals: relayStylePagination(["filter", "orderBy"]) } },
      },
    }),
  });
}

// Pages are joined by their `edges`: with relayStylePagination, `nodes` would hold the last page only.
export const REFERRALS = gql`
  query Referrals($first: Int!, $after: String, $filter: ReferralFilter) {
    referrals(first: $first, after: $after, filter: $filter) {
      edges {
        cursor
        node {
          id
          vendor
          status
          recipient {
            ... on Person {
              name
            }
            ... on Organization {
              name
            }
          }
        }
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

// Selecting the referral's `id` is enough for Apollo to change it everywhere that it is shown already.
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
          code
          message
        }
      }
      userErrors {
        code
        message
      }
    }
  }
`;

// A new referral belongs into lists that nobody but the gateway can sort: have them read anew.
export const CREATE = gql`
  mutation Create($input: CreateReferralInput!) {
    createReferral(input: $input) {
      outcome
      referral {
        id
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
`;

export const create = (client: ApolloClient, input: object) =>
  client.mutate({ mutation: CREATE, variables: { input }, refetchQueries: [REFERRALS], awaitRefetchQueries: true });
