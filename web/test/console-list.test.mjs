import assert from "node:assert/strict";
import { before, test } from "node:test";
import { count, limit, NARROW, source, useBrowser } from "./support/browser.mjs";
import { startGateway } from "./support/gateway.mjs";

const open = useBrowser();
let gateway;
before(async () => {
  gateway = await startGateway();
});

const rows = (page) => page.locator("tbody tr:not([aria-hidden])");
const times = (page, column) =>
  rows(page)
    .locator(`td:nth-child(${column}) time`)
    .evaluateAll((all) => all.map((time) => time.dateTime));

/** Goes to the end of the page until the list says that it is the list's end, too. */
async function readToTheEnd(page, text) {
  await page.waitForFunction((wanted) => {
    scrollTo(0, document.documentElement.scrollHeight);
    return document.body.innerText.includes(wanted);
  }, text);
}

test("the list shows all vendors' referrals, the newest first", limit, async (t) => {
  const { page } = await open(t, gateway);
  await count(page, "50 of 288 referrals").waitFor();
  assert.equal(await page.title(), "Referrals · referral-gateway");
  assert.equal(await rows(page).count(), 50);
  for (const vendor of ["INTROZY", "PLANNR", "PARTNER_CENTER", "SAASQUATCH"]) {
    await source(page, vendor, "OK").waitFor();
  }
  const created = (await times(page, 7)).map((time) => new Date(time).getTime());
  assert.deepEqual(created, created.toSorted((a, b) => b - a));
});

test("going down the list reaches every referral once", limit, async (t) => {
  const { page } = await open(t, gateway);
  await readToTheEnd(page, "All 288 are shown");
  await count(page, "288 referrals").waitFor();
  const links = await rows(page).locator("a").evaluateAll((all) => all.map((link) => link.href));
  assert.equal(links.length, 288);
  assert.equal(new Set(links).size, 288);
});

test("the button loads more, too", limit, async (t) => {
  const { page } = await open(t, gateway, "/", {
    // Without the means to load by itself.
    prepare: (page) => page.addInitScript("IntersectionObserver = class { observe() {} disconnect() {} }"),
  });
  await count(page, "50 of 288 referrals").waitFor();
  await page.getByRole("button", { name: "Load more" }).press("Enter");
  await count(page, "100 of 288 referrals").waitFor();
});

test("filters narrow the list and stand in the address", limit, async (t) => {
  const { page } = await open(t, gateway);
  await page.getByRole("button", { name: "Plannr", exact: true }).click();
  await count(page, "50 of 72 referrals").waitFor();
  await page.getByRole("button", { name: "Pending", exact: true }).click();
  await page.waitForURL(/\?vendor=PLANNR&status=PENDING$/);
  await page.getByLabel("Direction").selectOption("Sent");
  await page.waitForURL(/&direction=SENT$/);
  const { referrals } = await gateway.ask(
    "{ referrals(first: 100, filter: { vendors: [PLANNR], status: [PENDING], direction: SENT }) { nodes { id } } }",
  );
  await count(page, `${referrals.nodes.length} referrals`).waitFor();
  assert.equal(await rows(page).count(), referrals.nodes.length);

  await page.reload();
  await count(page, `${referrals.nodes.length} referrals`).waitFor();
  assert.equal(await page.getByRole("button", { name: "Plannr", exact: true }).getAttribute("aria-pressed"), "true");

  await page.getByRole("button", { name: "Reset" }).click();
  await count(page, "50 of 288 referrals").waitFor();
  assert.equal(new URL(page.url()).search, "");
});

test("a period is whole days of the reader's, in the order asked for", limit, async (t) => {
  const { page } = await open(t, gateway, "/?from=2026-10-01&to=2026-10-27&order=asc");
  await page.getByRole("columnheader", { name: "Created" }).and(page.locator("[aria-sort=ascending]")).waitFor();
  await rows(page).first().waitFor();
  await readToTheEnd(page, "are shown");
  const created = (await times(page, 7)).map((time) => new Date(time).getTime());
  assert.ok(created.length > 0);
  // Berlin is two hours ahead of UTC on the first day and one on the last.
  assert.ok(created.every((time) => time >= Date.UTC(2026, 8, 30, 22) && time < Date.UTC(2026, 9, 27, 23)));
  assert.deepEqual(created, created.toSorted((a, b) => a - b));
});

test("a column's head sorts", limit, async (t) => {
  const { page } = await open(t, gateway);
  await rows(page).first().waitFor();
  await page.getByRole("button", { name: "Updated" }).click();
  await page.waitForURL(/\?sort=updated$/);
  await page.getByRole("columnheader", { name: "Updated" }).and(page.locator("[aria-sort=descending]")).waitFor();
  await count(page, "50 of 288 referrals").waitFor();
  const updated = (await times(page, 8)).map((time) => new Date(time).getTime());
  assert.equal(updated.length, 50);
  assert.deepEqual(updated, updated.toSorted((a, b) => b - a));

  await page.getByRole("button", { name: "Updated" }).click();
  await page.waitForURL(/\?sort=updated&order=asc$/);
});

test("the search finds names as they are typed, and addresses as such", limit, async (t) => {
  const { page } = await open(t, gateway);
  await count(page, "50 of 288 referrals").waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("exchange for contoso");
  await page.waitForURL(/\?q=exchange\+for\+contoso$/);
  await page.getByText("are shown").waitFor();
  const names = await rows(page).locator("th").allTextContents();
  assert.ok(names.length > 0);
  assert.ok(names.every((name) => /exchange for contoso/i.test(name)), names.join("; "));

  await page.getByRole("searchbox").fill("chiara.conti@example.test");
  await page.waitForURL(/q=chiara\.conti%40example\.test$/);
  const theirs = await gateway.ask(
    '{ referrals(first: 100, filter: { email: "chiara.conti@example.test" }) { nodes { id } pageInfo { hasNextPage } } }',
  );
  assert.ok(theirs.referrals.nodes.length > 0 && !theirs.referrals.pageInfo.hasNextPage);
  await count(page, `${theirs.referrals.nodes.length} referrals`).waitFor();

  await page.getByRole("searchbox").fill("nobody is called this");
  await page.getByText("No referral matches").waitFor();
  await page.getByRole("button", { name: "Show all referrals" }).click();
  await count(page, "50 of 288 referrals").waitFor();
});

test("a row leads to its referral by the keyboard, and back to the same place", limit, async (t) => {
  const { page, seen } = await open(t, gateway);
  await count(page, "50 of 288 referrals").waitFor();
  await page.waitForFunction(() => {
    scrollTo(0, document.documentElement.scrollHeight);
    return document.querySelectorAll("tbody tr:not([aria-hidden])").length >= 150;
  });
  const link = rows(page).nth(120).locator("a");
  const name = await link.textContent();
  await link.focus();
  const place = await page.evaluate(() => scrollY);
  assert.ok(place > 1_000, `at ${place}`);
  await page.keyboard.press("Enter");

  await page.waitForURL(/\/referrals\//);
  const heading = page.getByRole("heading", { level: 1 });
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  assert.ok(await heading.evaluate((element) => element === document.activeElement), "the heading has the focus");
  assert.equal(await page.evaluate(() => scrollY), 0);

  const asked = seen.operations.filter((operation) => operation === "ReferralList").length;
  await page.goBack();
  await rows(page).nth(120).getByText(name, { exact: true }).waitFor();
  await page.waitForFunction((before) => Math.abs(scrollY - before) < 2, place);
  assert.equal(
    seen.operations.filter((operation) => operation === "ReferralList").length,
    asked,
    "the rows are there without being asked for again",
  );
});

test("on phones there are cards, and the filters are folded", limit, async (t) => {
  const { page } = await open(t, gateway, "/", { viewport: NARROW, hasTouch: true });
  await count(page, "50 of 288 referrals").waitFor();
  assert.equal(await page.getByRole("table").count(), 0);
  assert.equal(await page.getByRole("button", { name: "Plannr", exact: true }).isVisible(), false);

  await page.getByRole("button", { name: "Filters" }).tap();
  await page.getByRole("button", { name: "SaaSquatch", exact: true }).tap();
  await count(page, "50 of 72 referrals").waitFor();
  await page.getByRole("button", { name: "Filters (1)" }).waitFor();
  await page.getByLabel("Order").selectOption("Oldest first");
  await page.waitForURL(/order=asc$/);
  await readToTheEnd(page, "All 72 are shown");

  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= NARROW.width, `nothing is wider than the screen: ${width}`);
});
