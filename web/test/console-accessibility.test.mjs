import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { before, test } from "node:test";
import { count, limit, NARROW, useBrowser, WIDE } from "./support/browser.mjs";
import { startGateway } from "./support/gateway.mjs";

const open = useBrowser();
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let gateway;
let views;
before(async () => {
  gateway = await startGateway();
  const { referrals } = await gateway.ask("{ referrals(first: 20) { nodes { id vendor engagement { id } } } }");
  const of = (vendor) => referrals.nodes.find((referral) => referral.vendor === vendor).id;
  const engagement = referrals.nodes.find((referral) => referral.engagement).engagement.id;
  views = [
    ["/", "50 of 288 referrals"],
    ["/?q=nobody+is+called+this&since=7", "No referral matches"],
    ["/?engagement=nonsense", "The gateway refused the request"],
    [`/referrals/${of("INTROZY")}`, "Fee chains"],
    [`/referrals/${of("PLANNR")}`, "All along it"],
    [`/referrals/${of("PARTNER_CENTER")}`, "Open the engagement"],
    [`/referrals/${of("SAASQUATCH")}`, "More from SaaSquatch"],
    ["/referrals/nonsense", "The vendor has no referral under this address"],
    [`/engagements/${engagement}`, "Show in the list"],
    ["/pipeline", "Pipeline"],
    ["/status", "Status"],
    ["/new", "New"],
  ];
});

async function violations(page) {
  // Evaluated, and not added as a script, which the page's policy would refuse.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

for (const colorScheme of ["light", "dark"]) {
  for (const viewport of [WIDE, NARROW]) {
    test(`axe finds nothing in ${colorScheme} at ${viewport.width} px`, { timeout: 180_000 }, async (t) => {
      for (const [path, text] of views) {
        const { page } = await open(t, gateway, path, { colorScheme, viewport, reducedMotion: "reduce" });
        await page.locator("main").getByText(text, { exact: text !== "New" }).first().waitFor();
        assert.deepEqual(await violations(page), [], path);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= viewport.width, `${path} is not wider than the screen: ${width}`);
        await page.context().close();
      }
    });
  }
}

test("axe finds nothing in the failures", limit, async (t) => {
  const broken = await startGateway();
  await broken.fault("plannr", { kind: "status", status: 503 });
  await broken.fault("introzy", { kind: "rate_limited", seconds: 30 });
  for (const colorScheme of ["light", "dark"]) {
    const { page } = await open(t, broken, "/", { colorScheme });
    await page.locator("[data-source=PLANNR]:not([data-status=OK])").waitFor();
    assert.deepEqual(await violations(page), []);
  }
});

test("the keyboard alone is enough", limit, async (t) => {
  const { page } = await open(t, gateway);
  await count(page, "50 of 288 referrals").waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the content");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "content");

  // From the content on: GraphiQL's link, the search, the direction, the time, the vendors, …
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Search");
  for (let press = 0; press < 4; press += 1) await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await page.waitForURL(/\?vendor=PLANNR$/);
  await count(page, "50 of 72 referrals").waitFor();
});

test("the colours follow the system until they are chosen, and stay chosen", limit, async (t) => {
  const { page } = await open(t, gateway, "/status", { colorScheme: "dark" });
  const scheme = () => page.locator("html").getAttribute("data-mantine-color-scheme");
  await page.getByRole("heading", { level: 1 }).waitFor();
  assert.equal(await scheme(), "dark");
  await page.getByRole("button", { name: /^Colours: as the system has it/ }).click();
  await page.getByRole("button", { name: /^Colours: light/ }).waitFor();
  assert.equal(await scheme(), "light");
  await page.reload();
  await page.getByRole("button", { name: /^Colours: light/ }).waitFor();
  assert.equal(await scheme(), "light");
});
