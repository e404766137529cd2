// Takes the README's pictures of the console into a folder: all, or those whose names follow it. Times are the world's
// of the sandbox and not today's, so that the same console gives the same pictures.
import { join } from "node:path";
import { chromium } from "playwright-core";

const { GATEWAY_URL: gateway, SANDBOX_URL: sandbox, CHROMIUM_PATH = "/usr/bin/chromium" } = process.env;
const [folder, ...wanted] = process.argv.slice(2);
if (!gateway || !sandbox || !folder) throw new Error("run scripts/screenshots");

// Half a day after the newest of the sandbox's referrals.
const NOW = new Date("2026-10-31T09:00:00Z");
const LIMIT_KB = 300;

async function referralOf(vendor) {
  const answer = await fetch(`${gateway}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      query: "query ($filter: ReferralFilter) { referrals(first: 1, filter: $filter) { nodes { id } } }",
      variables: { filter: vendor && { vendors: [vendor] } },
    }),
  });
  const { data } = await answer.json();
  return `/referrals/${data.referrals.nodes[0].id}`;
}

const fault = (method, body) =>
  fetch(`${sandbox}/_sandbox/faults`, {
    method,
    headers: { "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });

/** What of the gateway's answers depends on the hour and the machine is made the same. */
function steady(key, value) {
  // Not every machine has a font for it.
  if (typeof value === "string") value = value.replaceAll("山田商事", "Yamada Shōji");
  if (key === "latencyMs" && value !== null) return 42;
  if (key === "rateLimit" && value?.remaining != null) return { ...value, remaining: 487 };
  if (key === "fetchedAt" && value !== null) return new Date(NOW - 6_000).toISOString();
  if (value?.__typename === "SourceReport" && value.status === "STALE") {
    return { ...value, fetchedAt: new Date(NOW - 25 * 60_000).toISOString() };
  }
  return value;
}

const PICTURES = [
  {
    name: "console-list",
    path: "/",
    schemes: ["light", "dark"],
    ready: (page) => page.locator("tbody tr:not([aria-hidden])").nth(20),
  },
  { name: "console-referral", path: () => referralOf("PARTNER_CENTER"), ready: (page) => page.locator("main dl").first() },
  {
    name: "console-new",
    path: "/new?vendor=INTROZY",
    ready: (page) => page.getByRole("combobox", { name: "Person", exact: false }).or(page.locator("form input")).first(),
  },
  {
    name: "console-pipeline",
    path: "/pipeline",
    schemes: ["light", "dark"],
    ready: (page) => page.locator('[data-phase="whole"]'),
  },
  {
    name: "console-status",
    path: "/status",
    vendorDown: "plannr",
    ready: (page) => page.getByText(/Lists show its referrals as of/).first(),
  },
];

/** Everything has come, and nothing moves any more. */
async function settled(page) {
  await page.waitForLoadState("networkidle");
  await page.locator('[role="status"] .mantine-Skeleton-root').first().waitFor({ state: "detached" });
  await page.evaluate(() => document.fonts.ready);
}

const browser = await chromium.launch({ executablePath: CHROMIUM_PATH, args: ["--no-sandbox", "--disable-gpu"] });
try {
  // The vendors' health is of the calls that were made before.
  await referralOf(null);
  for (const { name, path, ready, vendorDown, schemes = ["light"] } of PICTURES) {
    for (const colorScheme of schemes) {
      const file = colorScheme === "dark" ? `${name}-dark.png` : `${name}.png`;
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      const context = await browser.newContext({
        viewport: { width: 1280, height: 800 },
        colorScheme,
        reducedMotion: "reduce",
        locale: "en-GB",
        timezoneId: "Europe/London",
      });
      const page = await context.newPage();
      await page.clock.setFixedTime(NOW);
      await page.route("**/graphql", async (route) => {
        const answer = await route.fetch();
        await route.fulfill({ response: answer, body: JSON.stringify(JSON.parse(await answer.text(), steady)) });
      });
      const address = `${gateway}${typeof path === "string" ? path : await path()}`;
      await page.goto(address);
      if (vendorDown) {
        await settled(page);
        await fault("POST", { vendor: vendorDown, answer: { kind: "status", status: 503 } });
        // What was read before has to be found old first.
        for (let attempt = 0; attempt < 20 && (await ready(page).count()) === 0; attempt += 1) {
          await page.reload();
          await settled(page);
        }
      }
      await ready(page).waitFor();
      await settled(page);
      const kilobytes = (await page.screenshot({ path: join(folder, file) })).length / 1000;
      await fault("DELETE");
      await context.close();
      console.log(`${file}: ${kilobytes.toFixed(0)} kB`);
      if (kilobytes > LIMIT_KB) throw new Error(`${file} is larger than ${LIMIT_KB} kB`);
    }
  }
} finally {
  await browser.close();
}
