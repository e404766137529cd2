import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { limit, useBrowser } from "./support/browser.mjs";
import { startGateway } from "./support/gateway.mjs";

const open = useBrowser();
let gateway;
// A circuit that one test opened must not keep another from its vendor.
beforeEach(async () => {
  gateway = await startGateway();
});

const outcome = (page, state) => page.locator("main").locator(`[data-state=${state}]`);
const tray = (page) => page.getByRole("button", { name: /^Operations: / });
const create = (page) => page.getByRole("button", { name: "Create referral" });

async function fillIn(page, company) {
  await page.getByLabel("Company").fill(company);
  await page.getByLabel("Country").fill("SE");
}

const created = async () => (await gateway.sent("partner-center", "POST")).filter(({ path }) => path.endsWith("/referrals"));

/** The vendor makes it, its answer is lost, and so is what the gateway asks afterwards. */
async function loseTheAnswer() {
  await gateway.fault("partner-center", { kind: "drop_after" }, { method: "POST", path: "/v1.0/engagements/referrals", times: 1 });
  await gateway.fault("partner-center", { kind: "hold" }, { method: "GET" });
}

test("a create whose answer is lost is followed until it is confirmed", limit, async (t) => {
  const { page } = await open(t, gateway, "/new?vendor=PARTNER_CENTER");
  await fillIn(page, "Lost Answer Ltd");
  await loseTheAnswer();
  await create(page).click();
  await outcome(page, "UNKNOWN").getByText("Do not send it again.", { exact: false }).waitFor();
  assert.equal(await create(page).count(), 0, "there is nothing to press a second time");
  await tray(page).getByText("1 under way").waitFor();

  await gateway.heal();
  await gateway.release();
  await outcome(page, "CONFIRMED").waitFor();
  await page.getByRole("status").filter({ hasText: "New referral at Partner Center: It was made" }).waitFor();
  await outcome(page, "CONFIRMED").getByRole("link", { name: "Open the referral" }).click();
  await page.waitForURL(/\/referrals\//);
  await page.getByRole("main").getByText("Lost Answer Ltd").first().waitFor();
  assert.equal((await created()).length, 1);
});

test("what is followed survives a reload, and nothing personal is kept for it", limit, async (t) => {
  const { page } = await open(t, gateway, "/new?vendor=PARTNER_CENTER");
  await fillIn(page, "Reloaded Ltd");
  await loseTheAnswer();
  await create(page).click();
  await outcome(page, "UNKNOWN").waitFor();
  const kept = await page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }));
  assert.match(kept, /createReferral/);
  assert.doesNotMatch(kept, /Reloaded/);

  await page.reload();
  await outcome(page, "UNKNOWN").or(outcome(page, "LOST")).waitFor();
  await tray(page).click();
  await page.getByRole("dialog", { name: "Operations" }).getByText("New referral at Partner Center").waitFor();
  await page.keyboard.press("Escape");

  await gateway.heal();
  await gateway.release();
  await outcome(page, "CONFIRMED").waitFor();
  await outcome(page, "CONFIRMED").getByRole("button", { name: "Dismiss" }).click();
  await tray(page).waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  assert.equal((await created()).length, 1);
});

test("an answer that is lost between the gateway and the browser is asked for again", limit, async (t) => {
  const { page } = await open(t, gateway, "/new?vendor=PARTNER_CENTER", { allow: /ERR_FAILED/ });
  await fillIn(page, "Cut Cable Ltd");
  let lost = 0;
  await page.route("**/graphql", async (route) => {
    const isCreation = route.request().postDataJSON().operationName === "CreateReferral";
    if (!isCreation || lost > 0) return route.fallback();
    lost += 1;
    await route.fetch();
    await route.abort();
  });
  await create(page).click();
  await page.waitForURL(/\/referrals\//);
  assert.equal(lost, 1);
  assert.equal((await created()).length, 1);
});

test("a create that never reached the gateway can be sent again", limit, async (t) => {
  const { page } = await open(t, gateway, "/new?vendor=PARTNER_CENTER");
  await fillIn(page, "Tunnel Ltd");
  const isCut = (route) => ["CreateReferral", "OperationNow"].includes(route.request().postDataJSON().operationName);
  const cut = (route) => (isCut(route) ? route.abort() : route.fallback());
  await page.route("**/graphql", cut);
  await create(page).click();
  await outcome(page, "LOST").waitFor();
  await page.unroute("**/graphql", cut);
  await outcome(page, "ABSENT").getByText("nothing was changed", { exact: false }).waitFor();
  await outcome(page, "ABSENT").getByRole("button", { name: "Send again" }).click();
  await page.waitForURL(/\/referrals\//);
  assert.equal((await created()).length, 1);
});

/** The gateway's answers to these operations, in the order in which they are asked; the last one again and again. */
async function answering(page, answers) {
  await page.route("**/graphql", async (route) => {
    const { operationName, variables } = route.request().postDataJSON();
    const left = answers[operationName];
    if (!left) return route.fallback();
    const answer = left.length > 1 ? left.shift() : left[0];
    const idempotencyKey = variables.idempotencyKey ?? variables.input.idempotencyKey;
    await route.fulfill({ json: { data: answer(idempotencyKey) } });
  });
}

const operation = (state) => (idempotencyKey) => ({
  operation: { __typename: "Operation", idempotencyKey, state, referral: null },
});

const creation = (outcome, state, userErrors = []) => (key) => ({
  createReferral: {
    __typename: "CreateReferralPayload",
    outcome,
    userErrors: userErrors.map((error) => ({ __typename: "UserError", ...error })),
    referral: null,
    sharedReferral: null,
    ...operation(state)(key),
  },
});

test("what a person must look at leads to the vendor, also after a reload", limit, async (t) => {
  const { page } = await open(t, gateway, "/new?vendor=PARTNER_CENTER");
  await answering(page, {
    CreateReferral: [creation("UNKNOWN", "NEEDS_REVIEW")],
    OperationNow: [operation("NEEDS_REVIEW")],
  });
  await fillIn(page, "Twins Ltd");
  await create(page).click();
  for (const reload of [true, false]) {
    const card = outcome(page, "NEEDS_REVIEW");
    await card.getByText("Partner Center gives no way to find out what became of it.").waitFor();
    assert.match(await card.getByRole("link", { name: /^Open Partner Center/ }).getAttribute("href"), /^https:\/\/partner\.microsoft\.com\//);
    await tray(page).getByText("1 to look at").waitFor();
    if (reload) await page.reload();
  }
});

test("what turns out to be refused is told beside its field, with the form as it was", limit, async (t) => {
  const { page, seen } = await open(t, gateway, "/new?vendor=PARTNER_CENTER");
  const path = ["input", "referral", "partnerCenter", "customerProfile", "name"];
  await answering(page, {
    CreateReferral: [
      creation("UNKNOWN", "UNKNOWN"),
      creation("REJECTED", "REJECTED", [{ code: "INVALID", message: "Microsoft knows no such company.", path }]),
    ],
    OperationNow: [operation("UNKNOWN"), operation("REJECTED")],
  });
  await fillIn(page, "Nowhere Ltd");
  await create(page).click();
  await outcome(page, "UNKNOWN").waitFor();
  await page.getByRole("alert").getByText("Microsoft knows no such company.").waitFor();
  const company = page.getByLabel("Company");
  assert.equal(await company.inputValue(), "Nowhere Ltd");
  assert.equal(await company.evaluate((field) => field === document.activeElement), true);
  assert.equal(seen.operations.filter((name) => name === "CreateReferral").length, 2);
  assert.equal((await created()).length, 0);
});
