import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./support/accessible.mjs";
import { limit, NARROW, useBrowser, WIDE } from "./support/browser.mjs";
import { startGateway } from "./support/gateway.mjs";
import { isQuery } from "./support/queries.mjs";

const NAMES = { INTROZY: "Introzy", PLANNR: "Plannr", PARTNER_CENTER: "Partner Center", SAASQUATCH: "SaaSquatch" };

const ASK_ALL = "{ referrals(first: 1) { sources { status } } }";
// Nothing is remembered for long.
const FORGETFUL = '[cache]\nfresh = "1ms"\n';
// A vendor that is held back is waited for however slow the machine is.
const PATIENT = '[server]\nrequest_timeout = "60s"\n[limits]\nvendor_timeout = "60s"\n';

const open = useBrowser();

/** A gateway of the test's own, whose vendors have been asked already. */
async function start(config) {
  const gateway = await startGateway(config);
  await gateway.ask(ASK_ALL);
  return gateway;
}

const panelOf = (page, vendor) => page.locator(`[data-vendor-status="${vendor}"]`);
const isStatus = (request) => isQuery(request, "Status");

async function fact(page, vendor, name) {
  return panelOf(page, vendor).locator("dt", { hasText: name }).locator("+ dd").textContent();
}

test("every vendor is shown as the API tells of it", limit, async (t) => {
  const gateway = await start();
  const { page } = await open(t, gateway, "/status");
  await page.getByText("All vendors answer.", { exact: true }).waitFor();

  const data = await gateway.ask(
    "{ vendors { vendor health circuit latencyMs capabilities rateLimit { limit remaining } } }",
  );
  assert.equal(data.vendors.length, 4);
  for (const { vendor, latencyMs, rateLimit } of data.vendors) {
    await panelOf(page, vendor).getByText("Healthy", { exact: true }).waitFor();
    assert.equal(await fact(page, vendor, "Circuit"), "Calls are made");
    assert.equal(await fact(page, vendor, "Median answer"), `${latencyMs.toLocaleString("en-GB")} ms`);
    const calls = rateLimit ? `${rateLimit.remaining} calls left of ${rateLimit.limit}` : "It says nothing of one";
    assert.equal(await fact(page, vendor, "Rate limit"), calls);
    assert.match(await fact(page, vendor, "In lists"), /^OK, read /);
  }

  const table = page.getByRole("region", { name: "What the vendors can do, a table" });
  const marks = await table.locator("tbody tr").evaluateAll((rows) =>
    rows.map((row) => [...row.querySelectorAll("td")].map((cell) => cell.querySelector("[aria-label=yes]") !== null)),
  );
  const counts = data.vendors.map((_, at) => marks.filter((row) => row[at]).length);
  assert.deepEqual(counts, data.vendors.map(({ capabilities }) => capabilities.length));
});

test("a vendor that is down is told in plain words", limit, async (t) => {
  const gateway = await startGateway();
  await gateway.fault("plannr", { kind: "status", status: 503 });
  await gateway.ask(ASK_ALL);
  const { page } = await open(t, gateway, "/status");

  const panel = panelOf(page, "PLANNR");
  await panel.getByText("Down", { exact: true }).waitFor();
  await panel.getByText(/^Plannr does not answer\./).waitFor();
  await panel.getByText(/Lists are without its referrals\./).waitFor();
  // At the top of the page as well, for the one who looks at nothing else.
  await page.getByRole("status").getByText(/^Plannr does not answer\. .*Lists are without its referrals\./).waitFor();
  await panelOf(page, "INTROZY").getByText(/^Introzy answers\./).waitFor();
  await assertAccessible(page);
});

test("a vendor that went away is said to be shown as of an earlier time", limit, async (t) => {
  const gateway = await start(FORGETFUL);
  await gateway.fault("saasquatch", { kind: "status", status: 503 });
  const sources = "{ referrals(first: 1) { sources { vendor status fetchedAt } } }";
  const ofSaasquatch = async () =>
    (await gateway.ask(sources)).referrals.sources.find(({ vendor }) => vendor === "SAASQUATCH");
  // The first answer after a failure is from before it; the gateway reads anew behind it.
  while ((await ofSaasquatch()).status !== "STALE");

  const { page } = await open(t, gateway, "/status", { timezoneId: "UTC" });
  const { fetchedAt } = await ofSaasquatch();
  const time = new Date(fetchedAt).toLocaleTimeString("en-GB", { timeZone: "UTC", timeStyle: "medium" });
  await panelOf(page, "SAASQUATCH").getByText(`Lists show its referrals as of ${time}.`).waitFor();
  assert.match(await fact(page, "SAASQUATCH", "In lists"), /^Older rows, read /);
});

test("a vendor that wants to be left alone is said to be, and until when", limit, async (t) => {
  const gateway = await startGateway();
  await gateway.fault("introzy", { kind: "rate_limited", seconds: 120 });
  await gateway.ask(ASK_ALL);
  const { page } = await open(t, gateway, "/status");

  await panelOf(page, "INTROZY").getByText(/^Introzy asks to be left alone until \d/).waitFor();
  assert.match(await fact(page, "INTROZY", "Left alone until"), /^\d{1,2}:\d\d:\d\d/);
  await panelOf(page, "INTROZY").getByText("Degraded", { exact: true }).waitFor();
});

test("a slow vendor does not keep the page waiting", limit, async (t) => {
  const gateway = await startGateway(PATIENT);
  await gateway.fault("introzy", { kind: "hold" });
  const { page } = await open(t, gateway, "/status");
  await panelOf(page, "INTROZY").getByText("What lists show of it is not known yet.").waitFor();
  await gateway.heal();
  await gateway.release();
  await panelOf(page, "INTROZY").getByText(/Lists show all of its referrals/).waitFor();
  // And the vendors' health with it, which nothing was known of before.
  await panelOf(page, "INTROZY").getByText("Healthy", { exact: true }).waitFor();
});

test("the page asks every 10 seconds, unless it is paused", limit, async (t) => {
  const gateway = await start();
  let asked = 0;
  const { page } = await open(t, gateway, "/status", {
    prepare: async (page) => {
      await page.clock.install();
      page.on("request", (request) => (asked += isStatus(request) ? 1 : 0));
    },
  });
  await page.getByText("All vendors answer.").waitFor();
  const first = asked;

  const again = page.waitForResponse((response) => isStatus(response.request()));
  await page.clock.runFor(10_000);
  await again;
  assert.equal(asked, first + 1);

  await page.getByRole("button", { name: "Pause asking every 10 seconds" }).click();
  await page.getByText(/ Paused; as of /).waitFor();
  await page.clock.runFor(60_000);
  const resumed = page.waitForResponse((response) => isStatus(response.request()));
  await page.getByRole("button", { name: "Resume asking every 10 seconds" }).click();
  await resumed;
  assert.equal(asked, first + 2, "nothing was asked while it was paused, and at once after it");
});

test("a gateway that goes away is said to be gone, beside what was known", limit, async (t) => {
  const gateway = await start();
  let isGone = false;
  const { page } = await open(t, gateway, "/status", {
    prepare: async (page) => {
      await page.clock.install();
      await page.route("**/graphql", (route) => (isGone ? route.abort() : route.continue()));
    },
  });
  await page.getByText("All vendors answer.").waitFor();
  isGone = true;
  await page.clock.runFor(10_000);
  await page.getByRole("alert").getByText(/^The gateway cannot be reached\./).waitFor();
  await panelOf(page, "PLANNR").getByText("Healthy", { exact: true }).waitFor();
  assert.equal(await page.getByText("All vendors answer.").count(), 0, "nobody knows that now");
  await assertAccessible(page);

  isGone = false;
  await page.clock.runFor(10_000);
  await page.getByText("All vendors answer.").waitFor();
});

test("a gateway that is asked and does not answer is said to be silent", limit, async (t) => {
  const gateway = await start();
  let isSilent = false;
  let letGo;
  const isLetGo = new Promise((resolve) => (letGo = resolve));
  const { page } = await open(t, gateway, "/status", {
    prepare: async (page) => {
      await page.clock.install();
      await page.route("**/graphql", async (route) => {
        if (isSilent) await isLetGo;
        await route.continue().catch(() => {});
      });
    },
  });
  await page.getByText("All vendors answer.").waitFor();
  isSilent = true;
  await page.clock.runFor(20_000);
  await page.getByRole("alert").getByText("The gateway has been asked and has not answered yet.").waitFor();
  isSilent = false;
  letGo();
  await page.getByText(/^The gateway answers/).waitFor();
});

test("without a gateway from the beginning the page says so, and can be asked again", limit, async (t) => {
  const gateway = await start();
  let isGone = true;
  const { page } = await open(t, gateway, "/status", {
    prepare: (page) => page.route("**/graphql", (route) => (isGone ? route.abort() : route.continue())),
  });
  await page.getByText("The gateway cannot be reached").waitFor();
  isGone = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("All vendors answer.").waitFor();
});

test("a vendor without credentials is said to be in no list", limit, async (t) => {
  const gateway = await start();
  const { page } = await open(t, gateway, "/status", {
    prepare: (page) =>
      page.route("**/graphql", async (route) => {
        if (!isStatus(route.request())) return route.continue();
        const answer = await route.fetch();
        const json = await answer.json();
        const none = { configured: false, capabilities: [], health: "UNKNOWN", circuit: null, latencyMs: null };
        Object.assign(json.data.vendors[0], none);
        return route.fulfill({ json });
      }),
  });
  const panel = panelOf(page, "INTROZY");
  await panel.getByText("The gateway has no credentials for Introzy. Lists are without its referrals.").waitFor();
  await panel.getByText("Not configured", { exact: true }).waitFor();
});

test("GraphiQL opens with the query of the page", limit, async (t) => {
  const gateway = await start();
  const { page } = await open(t, gateway, "/status");
  const link = new URL(await page.getByRole("link", { name: /^Open in GraphiQL/ }).getAttribute("href"), gateway.url);
  const data = await gateway.ask(link.searchParams.get("query"));
  assert.deepEqual(data.vendors.map(({ vendor }) => vendor), Object.keys(NAMES));
});

for (const colorScheme of ["light", "dark"]) {
  for (const viewport of [WIDE, NARROW]) {
    test(`axe finds nothing in the status, ${colorScheme}, ${viewport.width} px`, limit, async (t) => {
      const gateway = await start();
      const { page } = await open(t, gateway, "/status", { colorScheme, viewport });
      await page.getByText("All vendors answer.").waitFor();
      await assertAccessible(page);
    });
  }
}
