import assert from "node:assert/strict";
import { before, test } from "node:test";
import { gql, type OperationResult, type OperationResultSource } from "@urql/core";
import { type Gateway, startGateway } from "../gateway";
import { MODERATE, newClient, REFERRAL } from "./client";

type AnyResult = OperationResult<{ referral: { allowedActions: string[] } }>;

let gateway: Gateway;
before(async () => void (gateway = await startGateway()));

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
