import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, describe as group, test } from "node:test";
import { type Gateway, ROOT, startGateway } from "../gateway";
import { allReferrals, byName, byText, create, describe, type Send } from "./client";

// Nothing that is not in this file is taken.
const MANIFEST = join(ROOT, "tests/clients/codegen/__generated__/persisted-documents.json");
const ONLY = `[documents]\nmode = "only"\nmanifests = [${JSON.stringify(MANIFEST)}]\n`;

const ways: [string, string, Send][] = [
  ["sends its documents", "", byText],
  ["names its documents, and nothing else is taken", ONLY, byName],
];

for (const [way, toml, send] of ways) {
  group(`a program typed by graphql-codegen ${way}`, () => {
    let gateway: Gateway;
    before(async () => void (gateway = await startGateway(toml)));

    test("it reads all pages of all vendors", async () => {
      const vendors = new Map<string, number>();
      let newest = "9999";
      for await (const { vendor, createdAt, value } of allReferrals(gateway.url, send)) {
        vendors.set(vendor, (vendors.get(vendor) ?? 0) + 1);
        assert(createdAt && createdAt <= newest, "the newest come first");
        newest = createdAt;
        assert(value === null || typeof value.amount === "string", "amounts are exact, hence texts");
      }
      assert.deepEqual([...vendors].sort(), [
        ["INTROZY", 72],
        ["PARTNER_CENTER", 72],
        ["PLANNR", 72],
        ["SAASQUATCH", 72],
      ]);
    });

    test("it tells the vendors' details apart", async () => {
      const sentences = new Set<string>();
      for await (const { id, vendor } of allReferrals(gateway.url, send)) {
        if (!sentences.has(vendor)) {
          sentences.add(vendor);
          const words = { INTROZY: "deal", PLANNR: "advice", PARTNER_CENTER: "worth", SAASQUATCH: "by code" };
          assert.match(await describe(gateway.url, id, send), new RegExp(`^${vendor} [A-Z]+, ${words[vendor]} `));
        }
        if (sentences.size === 4) break;
      }
      assert.equal(sentences.size, 4);
    });

    test("it creates a referral, once per key, and is told what is wrong with another", async () => {
      const user = { userId: "ada", referralCode: await someCode(gateway.url, send), email: "ada@example.test" };
      const input = { idempotencyKey: "ada", referral: { saasquatch: { ...user, accountId: "ada" } } };
      const made = await create(gateway.url, input, send);
      assert.equal(made.outcome, "APPLIED");
      assert.deepEqual(made.userErrors, []);
      assert.equal(made.referral?.vendor, "SAASQUATCH");
      const again = await create(gateway.url, input, send);
      assert.equal(again.referral?.id, made.referral.id);

      const refused = await create(gateway.url, { referral: { saasquatch: { ...user, accountId: "" } } }, send);
      assert.equal(refused.outcome, "REJECTED");
      assert.deepEqual(refused.userErrors[0]?.path, ["input", "referral", "saasquatch", "accountId"]);
    });

    test("other documents are taken by a gateway without manifest only", async () => {
      const answer = await fetch(gateway.url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query: "{ __typename }" }),
      });
      const { data, errors } = (await answer.json()) as { data?: unknown; errors?: { extensions: { code: string } }[] };
      if (toml) assert.equal(errors?.[0]?.extensions.code, "PERSISTED_QUERY_REQUIRED");
      else assert.deepEqual(data, { __typename: "Query" });
    });
  });
}

/** A code that somebody refers others by. */
async function someCode(url: string, send: Send): Promise<string> {
  for await (const { id, vendor } of allReferrals(url, send)) {
    if (vendor !== "SAASQUATCH") continue;
    const code = /by code (\S+)$/.exec(await describe(url, id, send))?.[1];
    if (code && code !== "null") return code;
  }
  throw new Error("nobody has a code");
}

test("the manifest names each operation by its hash", async () => {
  const manifest = JSON.parse(await readFile(MANIFEST, "utf8")) as Record<string, string>;
  assert.equal(Object.keys(manifest).length, 3);
  for (const id of Object.keys(manifest)) assert.match(id, /^sha256:[0-9a-f]{64}$/);
});
