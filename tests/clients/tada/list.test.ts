import assert from "node:assert/strict";
import { test } from "node:test";
import { print } from "graphql";
import { startGateway } from "../gateway";
import { type Deal, Deals } from "./list";

test("a query typed by gql.tada answers what its types say", async () => {
  const { url } = await startGateway();
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: print(Deals), variables: { first: 100, filter: { vendors: ["PARTNER_CENTER"] } } }),
  });
  const { data } = (await response.json()) as { data: { referrals: { nodes: Deal[] } } };
  const deals = data.referrals.nodes;
  assert.equal(deals.length, 72);
  const amounts: string[] = deals.flatMap(({ value }) => (value ? [value.amount] : []));
  assert(amounts.length > 0 && amounts.every((amount) => /^-?\d+(\.\d+)?$/.test(amount)));
  const words = deals.map(({ recipient }) => {
    switch (recipient?.__typename) {
      case "Person":
        return recipient.email;
      case "Organization":
        return recipient.name;
      case undefined:
        return null;
    }
  });
  assert(words.some((word) => typeof word === "string"));
});

// Read by tsc alone: what is not so in the schema must not compile.
export function wrong(deal: Deal) {
  // @ts-expect-error: amounts are texts
  const amount: number | undefined = deal.value?.amount;
  // @ts-expect-error: there is no such status
  const isOpen = deal.status === "OPEN";
  return { amount, isOpen };
}
