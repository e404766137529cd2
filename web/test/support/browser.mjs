// One browser for a test file, and pages that take note of what should not happen in them.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { chromium } from "playwright-core";

export const WIDE = { width: 1280, height: 800 };
export const NARROW = { width: 390, height: 844 };
export const limit = { timeout: 60_000 };

/** To be called once, at the top of a test file. */
export function useBrowser() {
  let browser;
  before(async () => {
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM_PATH || "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
    });
  });
  after(() => browser?.close());

  /** A new page of the console. */
  return async function open(t, gateway, path = "/", options = {}) {
    const context = await browser.newContext({ viewport: WIDE, locale: "en-GB", timezoneId: "Europe/Berlin", ...options });
    t.after(() => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const origin = new URL(gateway.url).origin;
    const seen = { foreign: [], errors: [], operations: [] };
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol !== "data:" && url.origin !== origin) seen.foreign.push(request.url());
      if (url.pathname === "/graphql") seen.operations.push(request.postDataJSON().operationName);
    });
    page.on("pageerror", (error) => seen.errors.push(String(error)));
    page.on("console", (message) => {
      // The browser's own report of an answer of 400 and above; what the page makes of it is tested.
      const isStatus = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !isStatus) seen.errors.push(message.text());
    });
    t.after(() => {
      assert.deepEqual(seen.foreign, [], "requests left the gateway's origin");
      assert.deepEqual(seen.errors, [], "errors in the browser's console");
    });
    await options.prepare?.(page);
    await page.goto(`${gateway.url}${path}`);
    return { page, seen };
  };
}

/** The row of the list that a name is in. */
export const rowOf = (page, text) => page.getByRole("row").filter({ hasText: text });

/** How many referrals there are, as the list tells it. */
export const count = (page, text) => page.getByRole("status").getByText(text, { exact: true });

export const source = (page, vendor, status) => page.locator(`[data-source=${vendor}][data-status=${status}]`);
