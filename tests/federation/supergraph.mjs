// The gateway and a second subgraph, the one of docs/federation.md, behind Apollo's gateway.

import { subscribe } from "node:diagnostics_channel";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { ApolloServer } from "@apollo/server";
import { parse } from "graphql";
import { scoresSchema } from "./document.mjs";

// Not modules of the standard's kind. One copy of `graphql` only must be in use, and they take this one.
const require = createRequire(import.meta.url);
const { composeServices } = require("@apollo/composition");
const { ApolloGateway, LocalGraphQLDataSource, RemoteGraphQLDataSource } = require("@apollo/gateway");
const { buildSubgraphSchema } = require("@apollo/subgraph");

// Apollo's gateway tells its maker about itself otherwise.
process.env.APOLLO_TELEMETRY_DISABLED = "true";

/** Addresses other than loopback's that this process tried to reach. */
export const foreign = [];
subscribe("net.client.socket", ({ socket }) =>
  socket.on("connectionAttempt", (address) => {
    if (!/^(127\.|::1$)/.test(address)) foreign.push(address);
  }),
);

/** The schema as it is handed to whoever composes. */
export const exported = readFileSync(new URL("../../schema.graphql", import.meta.url), "utf8");

/** The federation directives that a second subgraph in these tests may use. */
export const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key", "@shareable", "@external", "@requires", "@provides", "@override"])\n';

/** Composes the gateway's schema with another: errors and hints as texts, and the supergraph. */
export function compose(other, ours = exported) {
  const { errors = [], hints = [], supergraphSdl, schema } = composeServices([
    { name: "referrals", typeDefs: parse(ours) },
    { name: "other", typeDefs: parse(other) },
  ]);
  return {
    errors: errors.map((error) => `${error.extensions.code}: ${error.message}`),
    hints: hints.map((hint) => `${hint.definition.code} ${hint.coordinate}: ${hint.message}`),
    supergraphSdl,
    api: schema?.toAPISchema().toGraphQLJSSchema(),
  };
}

/** Scores follow from the id alone. `subjects` are what the top scores are of: [typename, id]. */
function scoresResolvers(subjects, rated) {
  const score = (__typename, id) => ({
    id: `score of ${id}`,
    value: rated.get(id) ?? id.length,
    by: { name: "Ada" },
    subject: { __typename, id },
  });
  const entity = (typename) => ({
    __resolveReference: ({ id }) => ({ id }),
    score: ({ id }) => score(typename, id),
  });
  const top = (first) => subjects.slice(0, first).map(([typename, id]) => score(typename, id));
  return {
    Query: {
      topScores: (_, { first }) => top(first),
      scores: (_, { first }) => ({
        nodes: top(first),
        pageInfo: { hasNextPage: first < subjects.length, hasPreviousPage: false },
      }),
    },
    Mutation: {
      rate(_, { subject, value }) {
        rated.set(subject, value);
        return score("Referral", subject);
      },
    },
    Subject: { __resolveType: ({ __typename }) => __typename },
    Referral: entity("Referral"),
    Connection: entity("Connection"),
    Engagement: entity("Engagement"),
  };
}

/** Starts the supergraph over a gateway. `subjects`: [typename, id], what the top scores are of. */
export async function startSupergraph(gateway, { subjects = [], apq = false } = {}) {
  const { errors, supergraphSdl } = compose(scoresSchema);
  if (errors.length > 0) throw new Error(errors.join("\n"));
  const scores = buildSubgraphSchema({
    typeDefs: parse(scoresSchema),
    resolvers: scoresResolvers(subjects, new Map()),
  });
  const asked = [];
  class Referrals extends RemoteGraphQLDataSource {
    willSendRequest({ request }) {
      asked.push(request.query);
    }
  }
  const server = new ApolloServer({
    gateway: new ApolloGateway({
      supergraphSdl,
      buildService: ({ name }) =>
        name === "referrals" ? new Referrals({ url: gateway.url, apq }) : new LocalGraphQLDataSource(scores),
      logger: quiet,
    }),
    includeStacktraceInErrorResponses: false,
    logger: quiet,
  });
  await server.start();
  return {
    /** The documents that the gateway was sent. */
    asked,
    stop: () => server.stop(),
    async ask(query, variables = {}) {
      const { body } = await server.executeOperation({ query, variables });
      const { data, errors } = body.singleResult;
      // Objects without prototypes, for the comparison with literals.
      return JSON.parse(JSON.stringify({ data, errors }));
    },
  };
}

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
