import { graphql } from "relay-runtime";

// A list without `sources`, as it should not be asked for.
export const bare = graphql`
  query bareQuery {
    referrals(first: 10) {
      nodes {
        id
      }
    }
  }
`;
