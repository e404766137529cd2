import assert from "node:assert/strict";
import { before, test } from "node:test";
import { assertAccessible } from "./support/accessible.mjs";
import { limit, NARROW, useBrowser, WIDE } from "./support/browser.mjs";
import { startGateway } from "./support/gateway.mjs";
import { isQuery } from "./support/queries.mjs";

const VENDORS = { INTROZY: "Introzy", PLANNR: "Plannr", PARTNER_CENTER: "Partner Center", SAASQUATCH: "SaaSquatch" };

// Nothing is remembered for long.
const FORGETFUL = '[cache]\nfresh = "1ms"\n';
// A vendor that is held back is waited for however slow the machine is.
const PATIENT = '[server]\nrequest_timeout = "60s"\n[limits]\nvendor_timeout = "60s"\n';
// Far from where the tests run: months are those of the reader's calendar.
const ZONE = "Pacific/Auckland";

const newPage = useBrowser();
const open = (t, gateway, path, options) => newPage(t, gateway, path, { timezoneId: ZONE, ...options });
let gateway;

before(async () => {
  gateway = await startGateway();
});

async function referrals(filter) {
  const rows = [];
  let after = null;
  do {
    const data = await gateway.ask(
      `query ($after: String, $filter: ReferralFilter) {
        referrals(first: 100, after: $after, filter: $filter) {
          nodes { vendor status createdAt value { amount currency } }
          pageInfo { hasNextPage endCursor }
        }
      }`,
      { after, filter },
    );
    rows.push(...data.referrals.nodes);
    after = data.referrals.pageInfo.hasNextPage ? data.referrals.pageInfo.endCursor : null;
  } while (after);
  return rows;
}

// Sums in the smallest unit that occurs, written in another way than the console's own.
function exactSum(amounts) {
  const digits = Math.max(0, ...amounts.map((amount) => amount.split(".")[1]?.length ?? 0));
  const units = amounts.map((amount) => {
    const [whole, fraction = ""] = amount.split(".");
    return BigInt(whole + fraction.padEnd(digits, "0"));
  });
  const text = String(units.reduce((sum, unit) => sum + unit, 0n)).padStart(digits + 1, "0");
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

const sameNumber = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
const months = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, year: "numeric", month: "2-digit" });
const monthOf = ({ createdAt }) => months.format(new Date(createdAt));

function groupBy(rows, keyOf) {
  const groups = {};
  for (const row of rows) (groups[keyOf(row)] ??= []).push(row);
  return groups;
}

const figureOf = (rows, currency) =>
  currency
    ? sameNumber(exactSum(rows.filter(({ value }) => value?.currency === currency).map(({ value }) => value.amount)))
    : String(rows.length);

/** What a table says, by the key of its rows. */
async function tableOf(page, title) {
  const picture = page.getByRole("region", { name: title, exact: true });
  const toggle = picture.getByRole("button", { name: `${title} as a table` });
  if ((await toggle.getAttribute("aria-pressed")) === "false") await toggle.click();
  const rows = await picture.locator("tbody tr, tfoot tr").evaluateAll((all) =>
    all.map((row) => [row.dataset.key, [...row.querySelectorAll("data")].map((cell) => cell.getAttribute("value"))]),
  );
  return Object.fromEntries(rows);
}

async function assertTables(page, rows, currency) {
  const numbers = (table) =>
    Object.fromEntries(Object.entries(table).map(([key, values]) => [key, values.map(sameNumber)]));

  const byStatus = groupBy(rows, ({ status }) => status);
  const statuses = numbers(await tableOf(page, "By status"));
  for (const [status, [figure]] of Object.entries(statuses)) {
    const expected = status === "total" ? rows : (byStatus[status] ?? []);
    assert.equal(figure, figureOf(expected, currency), `${status} in ${currency ?? "counts"}`);
  }
  const missing = Object.keys(byStatus).filter((status) => !(status in statuses));
  assert.ok(missing.every((status) => figureOf(byStatus[status], currency) === "0"), `${missing} are missing`);

  const byVendor = groupBy(rows, ({ vendor }) => vendor);
  const vendors = numbers(await tableOf(page, "By vendor"));
  for (const [vendor, ofVendor] of Object.entries(byVendor)) {
    assert.deepEqual(vendors[vendor], [figureOf(ofVendor, currency)]);
  }

  const byMonth = groupBy(rows, monthOf);
  const inTable = numbers(await tableOf(page, "By month of creation"));
  const order = Object.keys(VENDORS).filter((vendor) => vendor in vendors);
  for (const [month, ofMonth] of Object.entries(byMonth)) {
    const parts = order.map((vendor) => figureOf(ofMonth.filter((row) => row.vendor === vendor), currency));
    assert.deepEqual(inTable[month], [...parts, figureOf(ofMonth, currency)], month);
  }
  assert.equal(inTable.total.at(-1), figureOf(rows, currency));
}

const isWhole = (page, count) => page.locator('[data-phase="whole"]', { hasText: `${count} referrals` }).waitFor();
const choose = (page, name) => page.locator("label", { hasText: new RegExp(`^${name}$`) }).click();
const isPipeline = (request) => isQuery(request, "Pipeline");

test("the tables count what the API has", limit, async (t) => {
  const { page } = await open(t, gateway, "/pipeline");
  const rows = await referrals();
  await isWhole(page, rows.length);
  await assertTables(page, rows);
  assert.equal(await page.title(), "Pipeline · referral-gateway");
});

test("the tables have the exact value in each currency, and of that currency alone", limit, async (t) => {
  const { page } = await open(t, gateway, "/pipeline");
  const rows = await referrals();
  await isWhole(page, rows.length);
  await choose(page, "Value");

  const select = page.getByLabel("Currency");
  const currencies = await select.locator("option").allTextContents();
  assert.deepEqual(currencies.toSorted(), [...new Set(rows.flatMap(({ value }) => value?.currency ?? []))].sort());
  assert.ok(currencies.length > 1);
  for (const currency of currencies) {
    await select.selectOption(currency);
    await assertTables(page, rows, currency);
    assert.equal(new URL(page.url()).searchParams.get("currency"), currency);
  }

  await choose(page, "Count");
  await assertTables(page, rows);
});

test("a filter changes the numbers and stays in the address", limit, async (t) => {
  const { page } = await open(t, gateway, "/pipeline");
  await isWhole(page, 288);
  await page.getByRole("group", { name: "Vendors" }).getByRole("button", { name: "Plannr" }).click();
  const plannr = await referrals({ vendors: ["PLANNR"] });
  await isWhole(page, plannr.length);
  await assertTables(page, plannr);

  await page.getByLabel("Direction").selectOption("SENT");
  const sent = await referrals({ vendors: ["PLANNR"], direction: "SENT" });
  assert.ok(sent.length > 0 && sent.length < plannr.length);
  await isWhole(page, sent.length);
  assert.equal(new URL(page.url()).search, "?vendor=PLANNR&direction=SENT");

  await page.reload();
  await isWhole(page, sent.length);
  await assertTables(page, sent);
  await page.getByRole("button", { name: "Reset" }).click();
  await isWhole(page, 288);
});

test("vendors that a filter rules out have no bar", limit, async (t) => {
  const { page } = await open(t, gateway, "/pipeline?direction=RECEIVED");
  const rows = await referrals({ direction: "RECEIVED" });
  await isWhole(page, rows.length);
  assert.deepEqual(Object.keys(await tableOf(page, "By vendor")), ["PLANNR", "PARTNER_CENTER", "total"]);
});

test("a time in which nothing was made is said to be empty", limit, async (t) => {
  const { page } = await open(t, gateway, "/pipeline?from=2001-01-01&to=2001-01-31");
  await page.getByText("No referrals", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Reset the filters" }).click();
  await isWhole(page, 288);
});

test("a bar leads to the list of what it stands for, and back to the same picture", limit, async (t) => {
  const { page } = await open(t, gateway, "/pipeline?vendor=PARTNER_CENTER");
  const rows = await referrals({ vendors: ["PARTNER_CENTER"] });
  await isWhole(page, rows.length);
  const won = rows.filter(({ status }) => status === "WON").length;

  const bar = page.getByRole("link", { name: `Won ${won} referrals` });
  await bar.focus();
  await page.keyboard.press("Enter");
  await page.getByText(`${won} referrals`, { exact: true }).waitFor();
  assert.equal(new URL(page.url()).search, "?vendor=PARTNER_CENTER&status=WON");

  let asked = 0;
  page.on("request", (request) => (asked += isPipeline(request) ? 1 : 0));
  await page.goBack();
  await isWhole(page, rows.length);
  assert.equal(asked, 0, "what was read is still there");
});

test("a column leads to the list of its month in the reader's time zone", limit, async (t) => {
  const { page } = await open(t, gateway, "/pipeline");
  const rows = await referrals();
  await isWhole(page, rows.length);
  const [month, inMonth] = Object.entries(groupBy(rows, monthOf)).sort().at(-1);

  const asked = page.waitForRequest((request) => isQuery(request, "ReferralList"));
  await page.locator('[data-by="month"] a').last().click();
  const { searchParams } = new URL(page.url());
  assert.equal(searchParams.get("from"), `${month}-01`);
  assert.match(searchParams.get("to"), new RegExp(`^${month}-(28|29|30|31)$`));
  const { filter } = (await asked).postDataJSON().variables;
  assert.equal((await referrals(filter)).length, inMonth.length, JSON.stringify(filter));
});

test("the pictures grow page by page, and reading can be stopped and gone on with", limit, async (t) => {
  let second;
  const isHeld = new Promise((resolve) => (second = resolve));
  let letGo;
  const isLetGo = new Promise((resolve) => (letGo = resolve));
  const { page } = await open(t, gateway, "/pipeline", {
    prepare: (page) =>
      page.route("**/graphql", async (route) => {
        if (isPipeline(route.request()) && route.request().postDataJSON().variables.after) {
          second();
          await isLetGo;
        }
        // The page may have stopped waiting for it.
        await route.continue().catch(() => {});
      }),
  });
  await isHeld;
  await page.getByText("100 of 288 referrals", { exact: true }).first().waitFor();
  await page.getByRole("heading", { name: "By status, so far" }).waitFor();
  assert.equal(await page.getByRole("progressbar", { name: "Referrals read" }).count(), 1);

  await page.getByRole("button", { name: "Stop" }).click();
  await page.locator('[data-phase="stopped"]').waitFor();
  const status = page.getByRole("region", { name: "By status", exact: true });
  await status.getByText("Not all read").waitFor();
  assert.deepEqual((await tableOf(page, "By status")).total, ["100"]);

  letGo();
  await page.getByRole("button", { name: "Go on" }).click();
  await isWhole(page, 288);
  await assertTables(page, await referrals());
  assert.equal(await status.getByText("Not all read").count(), 0);
});

test("a page that does not come leaves the pictures of those before it", limit, async (t) => {
  let isGone = true;
  const { page } = await open(t, gateway, "/pipeline", {
    prepare: (page) =>
      page.route("**/graphql", (route) => {
        const isLater = isPipeline(route.request()) && route.request().postDataJSON().variables.after;
        return isLater && isGone ? route.abort() : route.continue();
      }),
  });
  await page.locator('[data-phase="failed"]', { hasText: "100 of 288 referrals" }).waitFor();
  await page.getByText(/^The gateway cannot be reached\. .* The pictures show what was read before\.$/).waitFor();
  await page.getByRole("region", { name: "By vendor", exact: true }).getByText("Not all read").waitFor();
  isGone = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await isWhole(page, 288);
});

test("no more than 10,000 referrals are read, and the pictures say so", limit, async (t) => {
  let asked = 0;
  const { page } = await open(t, gateway, "/pipeline", {
    prepare: (page) =>
      page.route("**/graphql", (route) => {
        if (!isPipeline(route.request())) return route.continue();
        asked += 1;
        return route.fulfill({ json: { data: { referrals: hundred(asked) } } });
      }),
  });
  await page.getByText("No more than 10,000 referrals are read").waitFor();
  await page.getByText("10,000 of 12,345 referrals", { exact: true }).first().waitFor();
  await page.getByRole("region", { name: "By status", exact: true }).getByText("Not all read").waitFor();
  assert.deepEqual((await tableOf(page, "By status")).total, ["10000"]);
  assert.equal(asked, 100);
});

function hundred(pageNumber) {
  const nodes = Array.from({ length: 100 }, (_, at) => ({
    __typename: "Referral",
    id: `${pageNumber}-${at}`,
    vendor: "INTROZY",
    status: "ACTIVE",
    createdAt: "2026-03-10T12:00:00Z",
    value: null,
  }));
  const source = { vendor: "INTROZY", status: "OK", fetchedAt: "2026-03-10T12:00:00Z" };
  return {
    __typename: "ReferralPage",
    nodes,
    pageInfo: { __typename: "PageInfo", hasNextPage: true, endCursor: `after-${pageNumber}` },
    totalCount: 12_345,
    sources: [{ __typename: "SourceReport", ...source, code: null, message: null, retryAfterSeconds: null }],
  };
}

test("a vendor that is down is said to be missing, and its bar to be unknown", limit, async (t) => {
  const cold = await startGateway();
  await cold.fault("plannr", { kind: "status", status: 503 });
  const { page } = await open(t, cold, "/pipeline");
  await isWhole(page, 216);

  await page.getByText(/^Plannr .* Its rows are missing\.$/).waitFor();
  for (const title of ["By status", "By vendor", "By month of creation"]) {
    await page.getByRole("region", { name: title, exact: true }).getByText("Incomplete: Plannr").waitFor();
  }
  await page.getByRole("link", { name: "Plannr unknown" }).waitFor();
  assert.equal((await tableOf(page, "By vendor")).PLANNR.length, 0, "no number stands for what nobody knows");
  await page.locator('tr[data-key="PLANNR"]', { hasText: "unknown" }).waitFor();
  await assertAccessible(page);

  await cold.heal();
  await page.getByRole("button", { name: "Read again" }).click();
  await isWhole(page, 288);
  await page.getByText("Incomplete: Plannr").first().waitFor({ state: "detached" });
});

test("rows of an older reading are said to be old", limit, async (t) => {
  const forgetful = await startGateway(FORGETFUL);
  const { page } = await open(t, forgetful, "/pipeline?vendor=INTROZY");
  await isWhole(page, 72);
  await forgetful.fault("introzy", { kind: "status", status: 503 });

  // The first answer after a failure is from before it; the gateway reads anew behind it.
  const query = "{ referrals(first: 1, filter: { vendors: [INTROZY] }) { sources { status } } }";
  while ((await forgetful.ask(query)).referrals.sources[0].status !== "STALE");

  await page.getByRole("button", { name: "Read again" }).click();
  await page.getByText(/^This is an older answer, as Introzy .* Read .*\./).waitFor();
  await page.getByRole("region", { name: "By month of creation" }).getByText("Older rows: Introzy").waitFor();
});

test("while a vendor is slow the page waits for it and can be used", limit, async (t) => {
  const cold = await startGateway(PATIENT);
  await cold.fault("partner-center", { kind: "hold" }, { path: "/v1.0/engagements/referrals*" });
  const { page } = await open(t, cold, "/pipeline");
  await page.getByText("Reading referrals…").first().waitFor();

  // What does not need the slow one comes at once.
  await page.getByRole("group", { name: "Vendors" }).getByRole("button", { name: "SaaSquatch" }).click();
  await isWhole(page, 72);
  await page.getByRole("button", { name: "Reset" }).click();
  await page.getByText("Reading referrals…").first().waitFor();
  await cold.heal();
  await cold.release();
  await isWhole(page, 288);
});

test("without the gateway the page says so, and goes on once it is back", limit, async (t) => {
  let isGone = true;
  const { page } = await open(t, gateway, "/pipeline", {
    prepare: (page) => page.route("**/graphql", (route) => (isGone ? route.abort() : route.continue())),
  });
  await page.getByText("The gateway cannot be reached").waitFor();
  isGone = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await isWhole(page, 288);
});

test("GraphiQL opens with the query of the pictures", limit, async (t) => {
  const { page } = await open(t, gateway, "/pipeline?vendor=INTROZY");
  const link = new URL(await page.getByRole("link", { name: /^Open in GraphiQL/ }).getAttribute("href"), gateway.url);
  const variables = JSON.parse(link.searchParams.get("variables"));
  assert.deepEqual(variables, { first: 100, filter: { vendors: ["INTROZY"] } });
  const data = await gateway.ask(link.searchParams.get("query"), variables);
  assert.equal(data.referrals.nodes.length, 72);
});

for (const colorScheme of ["light", "dark"]) {
  for (const viewport of [WIDE, NARROW]) {
    test(`axe finds nothing in the pictures, ${colorScheme}, ${viewport.width} px`, limit, async (t) => {
      const { page } = await open(t, gateway, "/pipeline", { colorScheme, viewport });
      await isWhole(page, 288);
      await assertAccessible(page);
      await choose(page, "Value");
      await page.getByLabel("Currency").waitFor();
      await assertAccessible(page);
      for (const title of ["By status", "By vendor", "By month of creation"]) await tableOf(page, title);
      await assertAccessible(page);
    });
  }
}
