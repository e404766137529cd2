import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, before, test } from "node:test";
import { gql } from "@apollo/client";
import { buildSchema, isAbstractType } from "graphql";
import { type Gateway, ROOT, startGateway } from "../gateway";
import { create, MODERATE, newClient, REFERRALS } from "./client";

interface Page {
  referrals: {
    edges: { node: { id: string; vendor: string } }[];
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
    sources: { vendor: string; status: string; message: string | null }[];
  };
}

let gateway: Gateway;
before(async () => void (gateway = await startGateway()));
afterEach(() => gateway.heal());

/** A client, and the bodies that it sent. */
function watched() {
  const sent: { query?: string; extensions?: { persistedQuery: { sha256Hash: string } } }[] = [];
  const client = newClient(gateway.url, (input, init) => {
    sent.push(JSON.parse(init?.body as string));
    return fetch(input, init);
  });
  return { client, sent };
}

test("two pages become one list in the cache, where each referral is kept once", async () => {
  const { client } = watched();
  const asked = { query: REFERRALS, variables: { first: 10 } };
  const first = (await client.query<Page>(asked)).data?.referrals;
  const list = client.watchQuery<Page>(asked);
  const shown = list.subscribe(() => {});
  await list.fetchMore({ variables: { after: first?.pageInfo.endCursor } });
  shown.unsubscribe();
  const all = client.readQuery<Page>(asked)?.referrals;
  assert.equal(all?.edges.length, 20);
  assert.equal(new Set(all.edges.map(({ node }) => node.id)).size, 20);
  assert.notEqual(all.pageInfo.endCursor, first?.pageInfo.endCursor);

  const { id, vendor } = all.edges[15]!.node;
  const kept = client.readFragment({
    id: client.cache.identify({ __typename: "Referral", id }),
    fragment: gql`
      fragment Kept on Referral {
        vendor
      }
    `,
  });
  assert.deepEqual(kept, { __typename: "Referral", vendor });
});

test("rows come out of the cache as they went in, whatever their vendor says of them", async () => {
  const { client } = watched();
  const query = gql`
    query Details {
      referrals(first: 100, filter: { vendors: [PARTNER_CENTER, SAASQUATCH] }) {
        edges {
          node {
            ... on Node {
              id
            }
            details {
              ... on PartnerCenterReferral {
                # The same solution in many referrals, each time with a closing date of its own.
                requirements {
                  solutions {
                    remoteId
                    closingDate
                  }
                }
              }
              ... on SaasquatchReferral {
                referrerUser {
                  remoteId
                  accountId
                }
              }
            }
          }
        }
      }
    }
  `;
  const cached = await client.query<Page>({ query });
  const sent = await client.query<Page>({ query, fetchPolicy: "no-cache" });
  assert.equal(cached.data?.referrals.edges.length, 100);
  assert.deepEqual(cached.data, sent.data);
});

test("a document is named by its hash, and sent in full only where the gateway has not heard of it", async () => {
  const query = gql`
    query OnlyHere {
      vendors {
        vendor
        configured
      }
    }
  `;
  const one = watched();
  await one.client.query({ query });
  assert.deepEqual(
    one.sent.map(({ query }) => typeof query),
    ["undefined", "string"],
  );
  const other = watched();
  const { data } = await other.client.query<{ vendors: unknown[] }>({ query });
  assert.equal(data?.vendors.length, 4);
  assert.deepEqual(
    other.sent.map(({ query }) => typeof query),
    ["undefined"],
  );
});

test("a vendor that is down is data where sources are selected, and an error where they are not", async () => {
  // Rows that were read before would be given out in its place.
  gateway = await startGateway();
  await gateway.breakVendor("plannr");
  const { client } = watched();
  const { data, error } = await client.query<Page>({ query: REFERRALS, variables: { first: 50 } });
  assert.equal(error, undefined);
  assert.equal(data?.referrals.edges.length, 50);
  const plannr = data.referrals.sources.find(({ vendor }) => vendor === "PLANNR");
  assert.equal(plannr?.status, "FAILED");
  assert(plannr.message);

  const query = gql`
    query Bare {
      referrals(first: 50) {
        edges {
          node {
            id
          }
        }
      }
    }
  `;
  const bare = { query, fetchPolicy: "network-only" } as const;
  await assert.rejects(client.query(bare), /PLANNR/);
  const whole = await client.query<Page>({ ...bare, errorPolicy: "all" });
  assert.match(whole.error?.message ?? "", /PLANNR/);
  assert.equal(whole.data?.referrals?.edges?.length, 50);
});

/** A list, and its first row as a component shows it. */
async function shownList(client: ReturnType<typeof newClient>, variables: object) {
  const asked = { query: REFERRALS, variables };
  await client.query<Page>(asked);
  const list = client.watchQuery<Page>(asked);
  const { unsubscribe } = list.subscribe(() => {});
  const first = () => list.getCurrentResult().data?.referrals?.edges?.[0]?.node as { id: string; status: string };
  return { first, end: unsubscribe };
}

test("a decision shows at once where its referral is shown", async () => {
  const { client } = watched();
  const list = await shownList(client, { first: 10, filter: { vendors: ["SAASQUATCH"], status: ["PENDING"] } });
  const { id, status } = list.first();
  assert.equal(status, "PENDING");
  const input = { decisions: [{ referralId: id, decision: "APPROVE" }] };
  const { data } = await client.mutate<{ moderateReferrals: { results: { outcome: string }[] } }>({
    mutation: MODERATE,
    variables: { input },
  });
  assert.equal(data?.moderateReferrals.results[0]?.outcome, "APPLIED");
  assert.deepEqual([list.first().id, list.first().status], [id, "ACTIVE"]);
  list.end();
});

test("a new referral shows in a list that is read anew", async () => {
  const { client } = watched();
  const list = await shownList(client, { first: 10 });
  const user = { accountId: "ada", userId: "ada", referralCode: "DMITRIVOLKOV" };
  const { data } = await create(client, { idempotencyKey: "ada", referral: { saasquatch: user } });
  const made = (data as { createReferral: { outcome: string; referral: { id: string } } }).createReferral;
  assert.equal(made.outcome, "APPLIED");
  assert.equal(list.first().id, made.referral.id);
  list.end();
});

test("the possible types are those of the schema", async () => {
  const { client } = watched();
  const schema = buildSchema(await readFile(join(ROOT, "schema.graphql"), "utf8"), { assumeValidSDL: true });
  const abstract = Object.values(schema.getTypeMap()).filter(isAbstractType);
  assert.equal(abstract.length, 3);
  for (const type of abstract) {
    const said = (client.cache as unknown as { config: { possibleTypes: Record<string, string[]> } }).config;
    const members = schema.getPossibleTypes(type).map(({ name }) => name);
    assert.deepEqual([...(said.possibleTypes[type.name] ?? [])].sort(), members.sort());
  }
});
