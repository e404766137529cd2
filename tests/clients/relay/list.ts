import { graphql } from "relay-runtime";

export const list = graphql`
  query listQuery($first: Int!) {
    ...listRows @arguments(first: $first)
  }
`;

// For usePaginationFragment. The pages' type is called ReferralPage: Relay asks for the fields of a connection only, and
// for a key that ends with the field's name.
export const rows = graphql`
  fragment listRows on Query
  @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "String" })
  @refetchable(queryName: "listPageQuery") {
    referrals(first: $first, after: $after) @connection(key: "list_referrals") {
      edges {
        node {
          id
          ...listRow
        }
      }
      sources {
        vendor
        status
      }
    }
  }
`;

// For useRefetchableFragment: Relay reads one row anew through node(id:).
export const row = graphql`
  fragment listRow on Referral @refetchable(queryName: "listRowQuery") {
    vendor
    status
    createdAt
    value {
      amount
      currency
    }
  }
`;

export const create = graphql`
  mutation listCreateMutation($input: CreateReferralInput!, $connections: [ID!]!) {
    createReferral(input: $input) {
      outcome
      referral @prependNode(connections: $connections, edgeTypeName: "ReferralEdge") {
        id
        ...listRow
      }
      userErrors {
        message
        path
      }
    }
  }
`;
