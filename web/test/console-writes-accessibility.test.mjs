import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { before, test } from "node:test";
import { NARROW, useBrowser, WIDE } from "./support/browser.mjs";
import { startGateway } from "./support/gateway.mjs";

const open = useBrowser();
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let gateway;
let screens;

const button = (page, name) => page.getByRole("button", { name, exact: true });
const dialog = (page) => page.getByRole("dialog");
const create = (page) => button(page, "Create referral").click();

before(async () => {
  gateway = await startGateway();
  const { referrals } = await gateway.ask(`{
    referrals(first: 100, filter: { status: [PENDING, ACTIVE] }) { nodes { id vendor allowedActions } }
  }`);
  const of = (vendor, action) =>
    referrals.nodes.find((one) => one.vendor === vendor && one.allowedActions.includes(action)).id;
  const opening = (name) => async (page) => {
    await page.getByRole("main").getByRole("button", { name, exact: true }).click();
    await dialog(page).getByRole("form").first().waitFor();
  };
  // Each screen with what brings it to the state in which it is looked at.
  screens = [
    ["/new", (page) => page.getByText("Choose a vendor").waitFor()],
    ["/new?vendor=INTROZY", create],
    ["/new?vendor=PLANNR", create],
    ["/new?vendor=SAASQUATCH", create],
    [
      "/new?vendor=PARTNER_CENTER",
      async (page) => {
        await page.getByText("Team, solutions, targets, invitation").click();
        await button(page, "Add person").last().click();
        await button(page, "Add solution").click();
        await create(page);
      },
    ],
    [`/referrals/${of("PLANNR", "DENY")}`, opening("Reject")],
    [`/referrals/${of("SAASQUATCH", "DENY")}`, opening("Deny")],
    [`/referrals/${of("PARTNER_CENTER", "UPDATE")}`, opening("Change")],
    [`/referrals/${of("PARTNER_CENTER", "SHARE")}`, opening("Share")],
    [`/referrals/${of("PARTNER_CENTER", "ADD_FACILITATOR")}`, opening("Add facilitator")],
    [`/referrals/${of("INTROZY", "ADD_FACILITATOR")}`, opening("Add facilitator")],
    [`/referrals/${of("INTROZY", "CONVERT")}`, opening("Turn into a deal")],
    [
      "/?status=PENDING",
      async (page) => {
        for (const at of [0, 1, 2]) await page.getByRole("checkbox", { name: /^Select / }).nth(at + 1).check();
        await page.getByRole("region", { name: "Selected referrals" }).waitFor();
      },
    ],
    [
      "/?status=PENDING",
      async (page) => {
        await page.getByRole("checkbox", { name: /^Select / }).nth(1).check();
        await page.getByRole("button", { name: /^Deny \d+…$/ }).click();
        await dialog(page).getByRole("form").waitFor();
      },
    ],
    ["/new?vendor=PARTNER_CENTER", unanswered],
  ];
});

/** A create whose answer does not come, here and in the tray. */
async function unanswered(page) {
  await page.getByLabel("Company").fill("Somewhere Else Ltd");
  await page.getByLabel("Country").fill("SE");
  const names = ["CreateReferral", "OperationNow"];
  await page.route("**/graphql", (route) =>
    names.includes(route.request().postDataJSON().operationName) ? route.abort() : route.fallback(),
  );
  await create(page);
  await page.locator("[data-state=LOST]").waitFor();
  await page.getByRole("button", { name: /^Operations: / }).click();
  await page.getByRole("dialog", { name: "Operations" }).waitFor();
}

async function violations(page) {
  // Evaluated, and not added as a script, which the page's policy would refuse.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

for (const colorScheme of ["light", "dark"]) {
  for (const viewport of [WIDE, NARROW]) {
    test(`axe finds nothing in ${colorScheme} at ${viewport.width} px`, { timeout: 180_000 }, async (t) => {
      const found = [];
      for (const [path, act] of screens) {
        const { page } = await open(t, gateway, path, { colorScheme, viewport, reducedMotion: "reduce" });
        await act(page);
        for (const one of await violations(page)) found.push(`${path} ${one}`);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        if (width > viewport.width) found.push(`${path} is wider than the screen: ${width}`);
        await page.context().close();
      }
      assert.deepEqual(found, []);
    });
  }
}
