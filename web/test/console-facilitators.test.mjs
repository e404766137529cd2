import assert from "node:assert/strict";
import { before, test } from "node:test";
import { limit, useBrowser } from "./support/browser.mjs";
import { startGateway } from "./support/gateway.mjs";

const open = useBrowser();
let gateway;
before(async () => {
  gateway = await startGateway();
});

const LIST = `query ($vendor: Vendor!) {
  referrals(first: 60, filter: { vendors: [$vendor] }) { nodes { id remoteId allowedActions } }
}`;

async function pick(vendor, ...actions) {
  const { referrals } = await gateway.ask(LIST, { vendor });
  return referrals.nodes.find(({ allowedActions }) => actions.every((action) => allowedActions.includes(action)));
}

const panel = (page) => page.getByRole("region", { name: "Facilitators" });
const dialog = (page) => page.getByRole("dialog");
const said = (page, text) => page.getByRole("status").filter({ hasText: text });
const add = (page) => panel(page).getByRole("button", { name: "Add facilitator" });
const isFocused = (locator) => locator.evaluate((element) => element === document.activeElement);

test("a facilitator is added to an Introzy referral, and removed once that is confirmed", limit, async (t) => {
  const { id } = await pick("INTROZY", "ADD_FACILITATOR");
  const { page, seen } = await open(t, gateway, `/referrals/${id}`);
  await add(page).click();
  await dialog(page).getByRole("combobox", { name: "Person", exact: true }).fill("Zoë");
  await page.getByRole("option").filter({ hasText: "Zoë" }).first().click();
  await dialog(page).getByLabel("On whose side").selectOption("SEEKER");
  await dialog(page).getByRole("button", { name: "Add", exact: true }).click();
  await said(page, "Facilitator added.").waitFor();
  const row = panel(page).getByRole("listitem").filter({ hasText: "Zoë van Dijk" });
  await row.getByText("Seeker's side").waitFor();
  await dialog(page).waitFor({ state: "detached" });
  assert.equal(await isFocused(add(page)), true);

  await row.getByRole("button", { name: "Remove Zoë van Dijk" }).click();
  await dialog(page).getByRole("button", { name: "Keep" }).click();
  await dialog(page).waitFor({ state: "detached" });
  assert.equal(seen.operations.includes("RemoveFacilitator"), false);
  await row.getByRole("button", { name: "Remove Zoë van Dijk" }).click();
  await dialog(page).getByRole("button", { name: "Remove", exact: true }).click();
  await said(page, "Zoë van Dijk is no facilitator of this referral any more.").waitFor();
  await row.waitFor({ state: "detached" });
  // The button that the dialog was opened with is gone.
  await page.waitForFunction(() => document.activeElement?.tagName === "H1");
  assert.equal((await gateway.sent("introzy", "DELETE")).length, 1);
});

test("a company is no connector", limit, async (t) => {
  const { id } = await pick("INTROZY", "ADD_FACILITATOR");
  const { page } = await open(t, gateway, `/referrals/${id}`);
  await add(page).click();
  const roles = dialog(page).getByLabel("Role");
  await roles.getByRole("option", { name: "Connector" }).waitFor({ state: "attached" });
  await dialog(page).getByLabel("Person or company").selectOption("company");
  await roles.getByRole("option", { name: "Connector" }).waitFor({ state: "detached" });
  const company = dialog(page).getByRole("textbox", { name: "Company" });
  await company.fill("00000000-0000-4000-8000-000000000000");
  await dialog(page).getByRole("button", { name: "Add", exact: true }).click();
  await dialog(page).getByRole("alert").getByText("Introzy has no such company.").waitFor();
  assert.equal(await company.getAttribute("aria-invalid"), "true");
  assert.equal(await isFocused(company), true);
});

test("a team member is added to a Partner Center referral, and not a second time", limit, async (t) => {
  const { id } = await pick("PARTNER_CENTER", "ADD_FACILITATOR");
  const { page } = await open(t, gateway, `/referrals/${id}`);
  const fill = async (title) => {
    await add(page).click();
    await dialog(page).getByLabel("Given name").fill("Mia");
    await dialog(page).getByLabel("Family name").fill("Mill");
    await dialog(page).getByLabel("E-mail address").fill("mia.mill@example.test");
    await dialog(page).getByLabel("Title").fill(title);
    await dialog(page).getByRole("button", { name: "Add", exact: true }).click();
  };
  await fill("Seller");
  await said(page, "Facilitator added.").waitFor();
  await panel(page).getByRole("listitem").filter({ hasText: "Mia Mill" }).waitFor();

  await fill("Buyer");
  const alert = dialog(page).getByRole("alert");
  await alert.or(said(page, "They are a facilitator already.")).first().waitFor();
  assert.equal(await panel(page).getByRole("listitem").filter({ hasText: "Mia Mill" }).count(), 1);
});

test("what is wrong with a team member is told beside the field", limit, async (t) => {
  const { id } = await pick("PARTNER_CENTER", "ADD_FACILITATOR");
  const { page, seen } = await open(t, gateway, `/referrals/${id}`);
  await add(page).click();
  await dialog(page).getByLabel("Given name").fill("Mia");
  await dialog(page).getByLabel("E-mail address").fill("mia");
  await dialog(page).getByRole("button", { name: "Add", exact: true }).click();
  await dialog(page).getByRole("alert").getByText("2 things keep this from being sent").waitFor();
  assert.equal(await isFocused(dialog(page).getByLabel("Family name")), true);
  assert.equal(seen.operations.includes("AddFacilitator"), false);
});

test("vendors without facilitators offer none", limit, async (t) => {
  const { referrals } = await gateway.ask(LIST, { vendor: "PLANNR" });
  const { page } = await open(t, gateway, `/referrals/${referrals.nodes[0].id}`);
  await page.getByRole("region", { name: "Parties" }).waitFor();
  assert.equal(await panel(page).count(), 0);
});
