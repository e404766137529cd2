import assert from "node:assert/strict";
import { before, test } from "node:test";
import {
  commitMutation,
  ConnectionHandler,
  createOperationDescriptor,
  type Environment,
  fetchQuery,
  getRequest,
  getSingularSelector,
  ROOT_ID,
} from "relay-runtime";
import { type Gateway, startGateway } from "../gateway";
import type { bareQuery } from "./__generated__/bareQuery.graphql";
import type { listCreateMutation } from "./__generated__/listCreateMutation.graphql";
import listPageQueryNode, { type listPageQuery } from "./__generated__/listPageQuery.graphql";
import type { listQuery } from "./__generated__/listQuery.graphql";
import listRowQueryNode, { type listRowQuery } from "./__generated__/listRowQuery.graphql";
import type { listRows$data } from "./__generated__/listRows.graphql";
import { bare } from "./bare";
import { newEnvironment } from "./environment";
import { create, list, rows } from "./list";

let gateway: Gateway;
let environment: Environment;

before(async () => {
  gateway = await startGateway();
  environment = newEnvironment(gateway.url);
});

/** What a component with the fragment would show now. */
function shown(): listRows$data {
  const operation = createOperationDescriptor(getRequest(list), { first: 10 });
  const root = environment.lookup(operation.fragment).data;
  const selector = getSingularSelector(rows as never, root);
  assert(selector);
  return environment.lookup(selector).data as unknown as listRows$data;
}

test("Relay joins two pages to one connection, refetches a row by its global id, and puts a new one on top", async () => {
  await fetchQuery<listQuery>(environment, list, { first: 10 }).toPromise();
  // As usePreloadedQuery does it, so that nothing shown is collected.
  environment.retain(createOperationDescriptor(getRequest(list), { first: 10 }));
  assert.equal(shown().referrals.edges.length, 10);
  assert.equal(shown().referrals.sources.length, 4);

  const { pageInfo } = (shown() as unknown as Paged).referrals;
  assert(pageInfo.hasNextPage);
  const next = { first: 15, after: pageInfo.endCursor };
  await fetchQuery<listPageQuery>(environment, listPageQueryNode, next).toPromise();
  const ids = shown().referrals.edges.map(({ node }) => node.id);
  assert.equal(ids.length, 25);
  assert.equal(new Set(ids).size, 25);

  const id = ids[20] as string;
  const again = await fetchQuery<listRowQuery>(environment, listRowQueryNode, { id }).toPromise();
  assert(again?.node);
  assert.equal(environment.getStore().getSource().get(id)?.__typename, "Referral");

  const user = { accountId: "ada", userId: "ada", referralCode: await someCode() };
  const made = await new Promise<listCreateMutation["response"]>((onCompleted, onError) =>
    commitMutation<listCreateMutation>(environment, {
      mutation: create,
      variables: {
        input: { referral: { saasquatch: user } },
        connections: [ConnectionHandler.getConnectionID(ROOT_ID, "list_referrals")],
      },
      onCompleted,
      onError,
    }),
  );
  assert.equal(made.createReferral.outcome, "APPLIED");
  assert.equal(shown().referrals.edges.length, 26);
  assert.equal(shown().referrals.edges[0]?.node.id, made.createReferral.referral?.id);
});

test("Relay shows the rows of the other vendors, and nothing tells of the one that is down but the sources", async () => {
  // Rows that were read before would be given out in its place.
  gateway = await startGateway();
  await gateway.breakVendor("plannr");
  environment = newEnvironment(gateway.url);
  await fetchQuery<listQuery>(environment, list, { first: 10 }).toPromise();
  assert.equal(shown().referrals.edges.length, 10);
  assert.equal(shown().referrals.sources.find(({ vendor }) => vendor === "PLANNR")?.status, "FAILED");

  const rows = await fetchQuery<bareQuery>(environment, bare, {}).toPromise();
  assert.equal(rows?.referrals.nodes.length, 10);
});

/** What @connection adds to the selection for itself. */
interface Paged {
  referrals: { pageInfo: { endCursor: string; hasNextPage: boolean } };
}

/** A code that somebody refers others by. */
async function someCode(): Promise<string> {
  const query = `{ referrals(first: 100, filter: { vendors: [SAASQUATCH] }) {
    nodes { details { ... on SaasquatchReferral { referralCodeUsed } } } } }`;
  const answer = await fetch(`${gateway.url}?${new URLSearchParams({ query })}`);
  const { data } = (await answer.json()) as {
    data: { referrals: { nodes: { details: { referralCodeUsed: string | null } }[] } };
  };
  const code = data.referrals.nodes.map(({ details }) => details.referralCodeUsed).find((code) => code !== null);
  assert(code);
  return code;
}
