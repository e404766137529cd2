import assert from "node:assert/strict";
import { before, test } from "node:test";
import { limit, useBrowser } from "./support/browser.mjs";
import { startGateway } from "./support/gateway.mjs";

const open = useBrowser();
let gateway;
before(async () => {
  gateway = await startGateway();
});

const heading = (page) => page.getByRole("heading", { level: 1 });
const said = (page, text) => page.getByRole("status").filter({ hasText: text });
const create = (page) => page.getByRole("button", { name: "Create referral" });

async function choose(page, label, name) {
  const field = page.getByRole("combobox", { name: label }).or(page.getByRole("textbox", { name: label }));
  await field.fill(name);
  await page.getByRole("option").filter({ hasText: name }).first().click();
}

/** Two people whom nobody has introduced to each other. */
async function strangers(place = 0) {
  const { people, referrals } = await gateway.ask(`{
    people(vendor: INTROZY, search: "example.test", first: 100) { name email remoteId }
    referrals(first: 100, filter: { vendors: [INTROZY] }) {
      nodes { details { ... on IntrozyReferral { seeker { remoteId } provider { remoteId } } } }
    }
  }`);
  const taken = new Set(referrals.nodes.map(({ details }) => `${details.seeker?.remoteId} ${details.provider?.remoteId}`));
  const pairs = people.flatMap((seeker) => people.map((provider) => [seeker, provider]));
  const free = pairs.filter(
    ([seeker, provider]) =>
      seeker !== provider && seeker.name && provider.name && !taken.has(`${seeker.remoteId} ${provider.remoteId}`),
  );
  assert.ok(free.length > place, "there are people who were not introduced");
  return free[place * 7];
}

async function assertCreated(page, vendor) {
  await page.waitForURL(/\/referrals\//);
  await said(page, `Referral created at ${vendor}.`).waitFor();
  await heading(page).waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === "H1");
}

test("an Introzy referral is created between two people who are found by name", limit, async (t) => {
  const { page } = await open(t, gateway, "/new");
  const [seeker, provider] = await strangers(0);
  await page.getByRole("radio", { name: /^Introzy/ }).check();
  await choose(page, "Seeker", seeker.name);
  await choose(page, "Provider", provider.name);
  await page.getByLabel("Name", { exact: true }).fill("Cloud for the two");
  await page.getByLabel("Expected value").fill("1250.50");
  await page.getByLabel("Currency").fill("EUR");
  await create(page).click();
  await assertCreated(page, "Introzy");
  await page.getByRole("heading", { level: 1, name: "Cloud for the two" }).waitFor();
  const [sent, ...others] = await gateway.sent("introzy", "POST");
  assert.deepEqual(others, []);
  const { seekerId, providerId, expectedValue, connectorId } = JSON.parse(sent.body);
  assert.deepEqual([seekerId, providerId, connectorId], [seeker.remoteId, provider.remoteId, undefined]);
  assert.equal(Number(expectedValue), 1250.5);
});

test("a Plannr referral is created along an accepted connection", limit, async (t) => {
  const { page } = await open(t, gateway, "/new?vendor=PLANNR");
  const connection = page.getByRole("combobox", { name: "Connection" });
  await connection.getByRole("option").nth(1).waitFor({ state: "attached" });
  await connection.selectOption({ index: 1 });
  await choose(page, "Clients", "Noor");
  await page.keyboard.press("Escape");
  await page.getByLabel("Advice").selectOption("PENSIONS");
  await page.getByLabel("Duration").selectOption("3");
  await page.getByLabel("Contact details").check();
  await create(page).click();
  await assertCreated(page, "Plannr");
  const [sent, ...others] = await gateway.sent("plannr", "POST");
  assert.deepEqual(others, []);
  assert.match(sent.body, /pensions/);
});

test("a Partner Center referral is created for a customer and their people", limit, async (t) => {
  const { page } = await open(t, gateway, "/new?vendor=PARTNER_CENTER");
  await page.getByLabel("Name", { exact: true }).fill("Migration of the mill");
  await page.getByLabel("Value").fill("50000");
  await page.getByLabel("Currency").fill("USD");
  await page.getByLabel("Closing date").fill("2027-03-01");
  await page.getByLabel("Company").fill("Mill & Sons");
  await page.getByLabel("Country").fill("US");
  await page.getByRole("button", { name: "Add person" }).first().click();
  await page.getByLabel("Given name").fill("Mia");
  await page.getByLabel("Family name").fill("Mill");
  await page.getByLabel("E-mail address").fill("mia.mill@example.test");
  await page.getByLabel("to be contacted").check();
  await create(page).click();
  await assertCreated(page, "Partner Center");
  await page.getByRole("heading", { level: 1, name: "Migration of the mill" }).waitFor();
  const sent = (await gateway.sent("partner-center", "POST")).filter(({ path }) => path.endsWith("/referrals"));
  assert.equal(sent.length, 1);
  const { consent, details } = JSON.parse(sent[0].body);
  assert.equal(details.closingDateTime.slice(0, 10), "2027-03-01");
  assert.equal(Object.values(consent).filter((agreed) => agreed).length, 1, "only what was ticked was agreed to");
});

test("a SaaSquatch referral is created with a code that is found by its holder", limit, async (t) => {
  const { page } = await open(t, gateway, "/new?vendor=SAASQUATCH");
  await choose(page, "Referral code", "Dmitri");
  assert.equal(await page.getByRole("combobox", { name: "Referral code" }).inputValue(), "DMITRIVOLKOV");
  await page.getByLabel("Account").fill("acct-new-1");
  await page.getByRole("textbox", { name: "User", exact: true }).fill("user-new-1");
  await page.getByLabel("E-mail address").fill("new.user@example.test");
  await create(page).click();
  await assertCreated(page, "SaaSquatch");
  const [sent, ...others] = await gateway.sent("saasquatch", "PUT");
  assert.deepEqual(others, []);
  assert.doesNotMatch(sent.body, /_known/);
});

test("what the schema bounds is told before anything is sent, beside its fields", limit, async (t) => {
  const { page, seen } = await open(t, gateway, "/new?vendor=PARTNER_CENTER");
  await page.getByLabel("Value").fill("-3");
  await page.getByLabel("Country").fill("USA");
  await create(page).click();
  const summary = page.getByRole("alert");
  await summary.getByText("3 things keep this from being sent").waitFor();
  await page.getByText("0 or more.", { exact: true }).waitFor();
  const value = page.getByLabel("Value");
  assert.equal(await value.getAttribute("aria-invalid"), "true");
  assert.equal(await value.evaluate((field) => field === document.activeElement), true, "the first wrong field has the focus");
  await summary.getByRole("button", { name: "Company" }).click();
  assert.equal(await page.getByLabel("Company").evaluate((field) => field === document.activeElement), true);
  assert.equal(seen.operations.includes("CreateReferral"), false);

  await page.getByLabel("Country").fill("US");
  await summary.getByText("2 things keep this from being sent").waitFor();
});

test("what the gateway refuses is told beside its field, and what has no field at the top", limit, async (t) => {
  const { page } = await open(t, gateway, "/new?vendor=SAASQUATCH");
  await page.getByRole("combobox", { name: "Referral code" }).fill("NOBODYHASTHIS");
  await page.keyboard.press("Escape");
  await page.getByLabel("Account").fill("acct-new-2");
  await page.getByRole("textbox", { name: "User", exact: true }).fill("user-new-2");
  await create(page).click();
  const code = page.getByRole("combobox", { name: "Referral code" });
  await page.locator("[aria-invalid=true]").first().waitFor();
  assert.equal(await code.getAttribute("aria-invalid"), "true");
  await page.waitForFunction(() => document.activeElement?.getAttribute("aria-invalid") === "true");
  await page.getByRole("alert").getByRole("button", { name: "Referral code" }).waitFor();

  // Another form with the same people as one that is there: nothing of the form is wrong by itself.
  const { referrals } = await gateway.ask(`{ referrals(first: 20, filter: { vendors: [INTROZY] }) { nodes { id details {
    ... on IntrozyReferral { seeker { remoteId firstName lastName type } provider { remoteId firstName lastName type } } } } } }`);
  const people = referrals.nodes.map(({ details }) => details).find(({ seeker, provider }) =>
    [seeker, provider].every((one) => one?.type === "USER" && one.firstName),
  );
  await page.getByRole("radio", { name: /^Introzy/ }).check();
  await choose(page, "Seeker", `${people.seeker.firstName} ${people.seeker.lastName}`);
  await choose(page, "Provider", `${people.provider.firstName} ${people.provider.lastName}`);
  await page.getByLabel("Name", { exact: true }).fill("The second of these two");
  await create(page).click();
  await page.getByRole("alert").getByText("Introzy has another referral between this seeker and provider.").waitFor();
  await page.getByRole("heading", { name: "This referral is in the way" }).waitFor();
  await page.getByRole("link", { name: "Open the referral" }).or(page.locator("main").getByRole("link")).first().waitFor();
});

test("a vendor that is down is told, nothing is lost, and trying again creates one", limit, async (t) => {
  const { page } = await open(t, gateway, "/new?vendor=PARTNER_CENTER");
  await page.getByLabel("Company").fill("Patience & Co");
  await page.getByLabel("Country").fill("DE");
  await gateway.fault("partner-center", { kind: "rate_limited", seconds: 1 }, { method: "POST", times: 1 });
  await create(page).click();
  await page.getByRole("alert").filter({ hasText: /too often|too many/i }).first().waitFor();
  assert.equal(await page.getByLabel("Company").inputValue(), "Patience & Co");

  const isPaused = async () => {
    const { vendors } = await gateway.ask("{ vendors { vendor pausedUntil } }");
    return vendors.some(({ pausedUntil }) => pausedUntil !== null);
  };
  while (await isPaused());
  await create(page).click();
  await assertCreated(page, "Partner Center");
});

test("pressing twice sends one", limit, async (t) => {
  const { page } = await open(t, gateway, "/new?vendor=PARTNER_CENTER");
  await page.getByLabel("Company").fill("Twice Ltd");
  await page.getByLabel("Country").fill("GB");
  await gateway.fault("partner-center", { kind: "delay", ms: 500 }, { method: "POST", times: 1 });
  const before = (await gateway.sent("partner-center", "POST")).filter(({ path }) => path.endsWith("/referrals")).length;
  await create(page).evaluate((button) => {
    button.click();
    button.click();
    button.form.requestSubmit();
  });
  await page.waitForURL(/\/referrals\//);
  const sent = (await gateway.sent("partner-center", "POST")).filter(({ path }) => path.endsWith("/referrals"));
  assert.equal(sent.length - before, 1);
  const { referrals } = await gateway.ask(`{ referrals(first: 10, filter: { search: "Twice Ltd" }) { totalCount nodes { id } } }`);
  assert.equal(referrals.nodes.length, 1);
});

test("the keyboard alone creates a referral", limit, async (t) => {
  const { page } = await open(t, gateway, "/new");
  await page.getByRole("radio", { name: /^Introzy/ }).waitFor();
  const [seeker, provider] = await strangers(1);
  await page.getByRole("link", { name: "Open in GraphiQL" }).focus();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  for (const person of [seeker, provider]) {
    await page.keyboard.press("Tab");
    await page.keyboard.type(person.name);
    await page.getByRole("option").filter({ hasText: person.email }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
  }
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.type("By keys alone");
  await page.keyboard.press("Enter");
  await assertCreated(page, "Introzy");
  await page.getByRole("heading", { level: 1, name: "By keys alone" }).waitFor();
});
