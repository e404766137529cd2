import assert from "node:assert/strict";
import { afterEach, before, test } from "node:test";
import { gql, type OperationResult, type OperationResultSource } from "@urql/core";
import { type Gateway, startGateway } from "../gateway";
import { MODERATE, newClient, PAGE, REFERRAL } from "./client";

type AnyResult = OperationResult<{ referral: { allowedActions: string[] } }>;

let gateway: Gateway;
before(async () => void (gateway = await startGateway()));
afterEach(() => gateway.heal());

test("urql reads by GET, writes by POST, and reads anew what a write touched", async () => {
  const methods: string[] = [];
  const client = newClient(gateway.url, (input, init) => {
    methods.push(init?.method ?? "GET");
    return fetch(input, init);
  });
  const pending = gql`
    query Pending {
      referrals(first: 100, filter: { vendors: [SAASQUATCH], moderation: PENDING }) {
        nodes {
          id
          allowedActions
        }
      }
    }
  `;
  const list = await client.query(pending, {});
  assert.equal(list.error, undefined);
  const rows: { id: string; allowedActions: string[] }[] = list.data.referrals.nodes;
  const id = rows.find(({ allowedActions }) => allowedActions.includes("APPROVE"))?.id;
  assert(id, "nothing waits for a decision");

  const shown = on(client.query(REFERRAL, { id }));
  assert((await shown.next())?.includes("APPROVE"));
  const moderated = await client.mutation(MODERATE, { input: { decisions: [{ referralId: id, decision: "APPROVE" }] } });
  assert.equal(moderated.error, undefined);
  assert.deepEqual(moderated.data.moderateReferrals.userErrors, []);
  assert.equal(moderated.data.moderateReferrals.results[0].outcome, "APPLIED");
  assert(!(await shown.next())?.includes("APPROVE"), "the document cache reads the referral anew");
  shown.end();
  assert.deepEqual(methods, ["GET", "GET", "POST", "GET"]);
});

test("each page is a result of its own, and together they are the list", async () => {
  const client = newClient(gateway.url);
  const ids: string[] = [];
  let after: string | null = null;
  for (let page = 0; page < 3; page += 1) {
    const { data, error } = (await client.query(PAGE, { first: 10, after })) as OperationResult<Page>;
    assert.equal(error, undefined);
    ids.push(...data!.referrals.nodes.map(({ id }) => id));
    after = data!.referrals.pageInfo.endCursor;
  }
  assert.equal(new Set(ids).size, 30);
});

test("a vendor that is down is told in the sources; without them there are rows and an error", async () => {
  // Rows that were read before would be given out in its place.
  gateway = await startGateway();
  await gateway.breakVendor("plannr");
  const client = newClient(gateway.url);
  const whole = (await client.query(PAGE, { first: 10 })) as OperationResult<Page>;
  assert.equal(whole.error, undefined);
  assert.equal(whole.data?.referrals.sources.find(({ vendor }) => vendor === "PLANNR")?.status, "FAILED");

  const bare = (await client.query("{ referrals(first: 10) { nodes { id } } }", {})) as OperationResult<Page>;
  assert.equal(bare.data?.referrals.nodes.length, 10);
  assert.equal(bare.error?.graphQLErrors[0]?.extensions.code, "VENDOR_UNAVAILABLE");
});

interface Page {
  referrals: {
    nodes: { id: string }[];
    pageInfo: { endCursor: string | null };
    sources: { vendor: string; status: string }[];
  };
}

/** What a component that shows the referral's actions is given, one after the other. */
function on(query: OperationResultSource<AnyResult>) {
  const given: string[][] = [];
  let wake = () => {};
  const { unsubscribe } = query.subscribe(({ data, stale }) => {
    if (!data || stale) return;
    given.push(data.referral.allowedActions);
    wake();
  });
  const next = async () => {
    if (given.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return given.shift();
  };
  return { next, end: unsubscribe };
}
