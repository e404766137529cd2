import assert from "node:assert/strict";
import { test } from "node:test";
import { count, limit, source, useBrowser } from "./support/browser.mjs";
import { startGateway } from "./support/gateway.mjs";

const open = useBrowser();
const broken = { kind: "status", status: 503 };
// Nothing is remembered for long, and nobody is waited for long.
const hasty = `
[cache]
fresh = "0s"
stale_while_revalidate = "0s"
[limits]
vendor_timeout = "500ms"
`;

const referral = async (gateway, vendor) => {
  const query = "query ($vendor: Vendor!) { referrals(first: 1, filter: { vendors: [$vendor] }) { nodes { id } } }";
  const { referrals } = await gateway.ask(query, { vendor });
  return `/referrals/${referrals.nodes[0].id}`;
};

/** Presses until it has worked: a vendor that failed is left alone for a moment. */
async function pressUntil(button, wanted) {
  const deadline = Date.now() + 15_000;
  for (;;) {
    await button.click();
    try {
      await wanted.waitFor({ timeout: 1_000 });
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

test("a vendor that is down costs its chip and not the page", limit, async (t) => {
  const gateway = await startGateway();
  await gateway.fault("plannr", broken);
  const { page } = await open(t, gateway);

  await source(page, "PLANNR", "FAILED").getByText("Failed").waitFor();
  await page.getByRole("status").getByText(/^Plannr .*Its rows are missing\./).waitFor();
  for (const vendor of ["INTROZY", "PARTNER_CENTER", "SAASQUATCH"]) await source(page, vendor, "OK").waitFor();
  assert.equal(await page.locator("tbody tr:not([aria-hidden])").count(), 50);
  assert.equal(await page.getByRole("cell", { name: "Plannr" }).count(), 0);

  await gateway.heal();
  await pressUntil(page.getByRole("button", { name: "Read again" }), source(page, "PLANNR", "OK"));
  await page.getByRole("cell", { name: "Plannr" }).first().waitFor();
  assert.equal(await page.getByText("Its rows are missing").count(), 0);
});

test("a vendor that wants to be left alone says for how long", limit, async (t) => {
  const gateway = await startGateway();
  await gateway.fault("partner-center", { kind: "rate_limited", seconds: 30 });
  const { page } = await open(t, gateway);
  await source(page, "PARTNER_CENTER", "RATE_LIMITED").waitFor();
  await page.getByText(/^Partner Center .*It asks to be left alone for \d+ s\./).waitFor();
});

test("a slow vendor is waited for, with the rows' places in view", limit, async (t) => {
  const gateway = await startGateway();
  await gateway.fault("introzy", { kind: "hold" });
  const { page } = await open(t, gateway);
  await count(page, "Loading referrals…").waitFor();
  await page.locator("tbody tr[aria-hidden]").first().waitFor();
  await gateway.heal();
  await gateway.release();
  await source(page, "INTROZY", "OK").waitFor();
  await count(page, "50 of 288 referrals").waitFor();
});

test("a vendor that is too slow is told to have timed out", limit, async (t) => {
  const gateway = await startGateway(hasty);
  await gateway.fault("saasquatch", { kind: "hang" });
  const { page } = await open(t, gateway);
  await source(page, "SAASQUATCH", "TIMED_OUT").waitFor();
  assert.equal(await page.locator("tbody tr:not([aria-hidden])").count(), 50);
});

test("a part of a vendor's rows that is missing is told", limit, async (t) => {
  const gateway = await startGateway("[cache]\nmax_scan = 100\n");
  await gateway.resize("introzy", 150);
  const { page } = await open(t, gateway);
  await source(page, "INTROZY", "PARTIAL").getByText("Incomplete").waitFor();
  await page.getByText(/Some of its rows are missing\.$/).waitFor();
  await page.getByRole("cell", { name: "Introzy" }).first().waitFor();
});

test("rows of an older reading are marked", limit, async (t) => {
  const gateway = await startGateway(hasty);
  const { page } = await open(t, gateway);
  await source(page, "INTROZY", "OK").waitFor();
  await gateway.fault("introzy", broken);
  await page.getByRole("button", { name: "Read again" }).click();
  await source(page, "INTROZY", "STALE").waitFor();
  await page.getByRole("listitem").filter({ hasText: /older answer, as Introzy could not be asked .* Read (now|\d+ seconds? ago)\.$/ }).waitFor();
  const marked = page.getByRole("row").filter({ hasText: "Stale" });
  await marked.first().waitFor();
  assert.equal(await marked.filter({ hasText: "Introzy" }).count(), await marked.count());
});

test("a part of a referral that fails costs its own panel", limit, async (t) => {
  const gateway = await startGateway();
  const path = await referral(gateway, "INTROZY");
  await gateway.fault("introzy", broken, { path: "/api/pipelines/referral/deals/*/notes" });
  const { page } = await open(t, gateway, path);
  await page.getByRole("heading", { name: "Parties" }).waitFor();
  const notes = page.getByRole("region", { name: "Notes" });
  await notes.getByRole("alert").waitFor();
  await page.getByRole("region", { name: "Facilitators" }).waitFor();

  await gateway.heal();
  await pressUntil(notes.getByRole("button", { name: "Try again" }), notes.getByRole("listitem").first());
});

test("a referral that is not there is told to be missing", limit, async (t) => {
  const gateway = await startGateway();
  const { page } = await open(t, gateway, "/referrals/nonsense");
  await page.getByRole("heading", { name: "There is no such referral" }).waitFor();
  await page.getByRole("link", { name: "To all referrals" }).click();
  await count(page, "50 of 288 referrals").waitFor();
});

test("a referral whose vendor is down can be asked for again", limit, async (t) => {
  const path = await referral(await startGateway(), "PLANNR");
  // The worlds of all sandboxes are the same, and this gateway has read nothing of its own.
  const cold = await startGateway();
  await cold.fault("plannr", broken);
  const { page } = await open(t, cold, path);
  await page.getByRole("alert").getByText(/^VENDOR_/).waitFor();
  await cold.heal();
  await pressUntil(page.getByRole("button", { name: "Try again" }), page.getByRole("heading", { name: "Parties" }));
});

test("a gateway that is down says so, and is found again", limit, async (t) => {
  const gateway = await startGateway();
  const refuse = (route) => route.abort("connectionrefused");
  const { page } = await open(t, gateway, "/", { prepare: (page) => page.route("**/graphql", refuse) });
  await page.getByRole("alert").getByText("The gateway cannot be reached").waitFor();
  await page.unroute("**/graphql", refuse);
  await page.getByRole("button", { name: "Try again" }).click();
  await count(page, "50 of 288 referrals").waitFor();

  await page.route("**/graphql", refuse);
  await page.getByRole("button", { name: "Read again" }).click();
  await page.getByText("What is shown was read before.").waitFor();
  assert.equal(await page.locator("tbody tr:not([aria-hidden])").count(), 50);
});

test("whoever is not signed in is asked for a key, which this tab alone keeps", limit, async (t) => {
  const gateway = await startGateway();
  const KEY = "a-key-for-tests";
  const error = { message: "Say who you are.", extensions: { code: "UNAUTHENTICATED" } };
  const guard = async (route) => {
    const given = await route.request().headerValue("authorization");
    if (given === `Bearer ${KEY}`) return route.continue();
    return route.fulfill({
      status: 401,
      contentType: "application/graphql-response+json",
      body: JSON.stringify({ errors: [error] }),
    });
  };
  const { page } = await open(t, gateway, "/?vendor=PLANNR", { prepare: (page) => page.route("**/graphql", guard) });
  const field = page.getByLabel("API key");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();

  await field.fill("a wrong one");
  await field.press("Enter");
  await page.getByText("The gateway did not accept the key.").waitFor();

  await field.fill(KEY);
  await field.press("Enter");
  await count(page, "50 of 72 referrals").waitFor();
  assert.equal(await page.evaluate(() => JSON.stringify(localStorage).includes("a-key-for-tests")), false);

  await page.reload();
  await count(page, "50 of 72 referrals").waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  assert.equal(await page.evaluate(() => JSON.stringify(sessionStorage).includes("a-key-for-tests")), false);
});
