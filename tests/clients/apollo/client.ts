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
