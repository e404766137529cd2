import { initGraphQLTada, type ResultOf } from "gql.tada";
import type { introspection } from "./__generated__/schema";

const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { DateTime: string; Date: string; Decimal: string; JSON: unknown };
}>();

export const Deals = graphql(`
  query Deals($first: Int!, $filter: ReferralFilter) {
    referrals(first: $first, filter: $filter) {
      nodes {
        id
        status
        value {
          amount
          currency
        }
        recipient {
          __typename
          ... on Person {
            email
          }
          ... on Organization {
            name
          }
        }
      }
    }
  }
`);

export type Deal = ResultOf<typeof Deals>["referrals"]["nodes"][number];
