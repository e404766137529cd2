import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const gateway = process.env.GATEWAY_URL;
if (!gateway) {
  throw new Error("GATEWAY_URL is not set. Start the gateway and set it, e.g. GATEWAY_URL=http://127.0.0.1:4000 npm test");
}
const origin = new URL(gateway).origin;
const limit = { timeout: 60_000 };

let browser;

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH || "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
});

after(() => browser?.close());

async function open(t, search = "", options = {}) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options });
  t.after(() => context.close());
  const seen = { foreign: [], failed: [], errors: [], graphql: [] };
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (["data:", "blob:"].includes(url.protocol)) return;
    if (url.origin !== origin) seen.foreign.push(request.url());
    if (url.pathname === "/graphql") seen.graphql.push(request);
  });
  context.on("response", (response) => {
    if (response.status() >= 400) seen.failed.push(`${response.status()} ${response.url()}`);
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on("pageerror", (error) => seen.errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && seen.errors.push(message.text().slice(0, 300)));
  await page.goto(`${gateway.replace(/\/$/, "")}/graphiql${search}`);
  await page.locator(".graphiql-query-editor .view-line").first().waitFor();
  return { page, seen };
}

function assertClean(seen) {
  assert.deepEqual(seen.foreign, [], "requests left the gateway's origin");
  assert.deepEqual(seen.failed, [], "requests failed");
  assert.deepEqual(seen.errors, [], "errors in the browser's console");
}

const queryEditor = ".graphiql-query-editor";
const toolEditor = ".graphiql-editor-tool .graphiql-editor:not(.hidden)";
const response = ".graphiql-response";

// Monaco draws only the lines in view, in no fixed order, with non-breaking spaces.
async function editorText(page, editor) {
  const lines = await page
    .locator(`${editor} .view-line`)
    .evaluateAll((nodes) => nodes.map((node) => [Number.parseFloat(node.style.top), node.textContent]));
  return lines
    .sort(([a], [b]) => a - b)
    .map(([, text]) => text.replaceAll("\u00a0", " "))
    .join("\n");
}

async function waitForText(page, editor, wanted) {
  const matches = (text) => (wanted instanceof RegExp ? wanted.test(text) : text.includes(wanted));
  const deadline = Date.now() + 20_000;
  let text = "";
  while (Date.now() < deadline) {
    text = await editorText(page, editor);
    if (matches(text)) return text;
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  assert.fail(`${editor} does not show ${wanted}; it shows:\n${text}`);
}

// Near the corner: a click in the middle of a long line would scroll the editor sideways.
const focus = (page, editor) => page.locator(`${editor} .view-lines`).click({ position: { x: 20, y: 10 } });

async function replaceText(page, editor, text) {
  await focus(page, editor);
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.press("Delete");
  await page.keyboard.type(text);
}

const runButton = (page) => page.getByRole("button", { name: /^Execute query/ });

test("the default query opens and runs", limit, async (t) => {
  const { page, seen } = await open(t);
  assert.equal(await page.title(), "referral-gateway · GraphiQL");

  const query = await waitForText(page, queryEditor, "sources { vendor status message }");
  assert.match(query, /^# Referrals of all four vendors, newest first\./);
  assert.match(query, /query NewestReferrals \{\n {2}referrals\(first: 10\) \{/);
  await page.locator(".graphiql-explorer-root").waitFor();

  await focus(page, queryEditor);
  await page.keyboard.press("ControlOrMeta+Enter");
  const answer = await waitForText(page, response, /"nodes": \[\s*\{\s*"id":\s*"/);
  assert.match(answer, /"vendor": "/);
  if (process.env.PICTURE) await page.screenshot({ path: process.env.PICTURE });

  const headers = await seen.graphql.at(-1).allHeaders();
  assert.equal(headers.accept, "application/graphql-response+json, application/json");
  assert.equal(headers["content-type"], "application/json");
  assertClean(seen);
});

test("a typed query runs", limit, async (t) => {
  const { page, seen } = await open(t);
  await waitForText(page, queryEditor, "NewestReferrals");

  await replaceText(page, queryEditor, "{ vendors { vendor configured } }");
  // Brackets close by themselves, so a doubled one would show here; the spaces around them are the editor's affair.
  await waitForText(page, queryEditor, /^\{\s*vendors\s*\{\s*vendor configured\s*\}\s*\}\s*$/);

  await runButton(page).click();
  await waitForText(page, response, /"vendors": \[\s*\{\s*"vendor": "[^"]+",\s*"configured": (true|false)/);
  await page.getByPlaceholder("Query Name").waitFor();
  if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
  assertClean(seen);
});

test("the editor checks queries against the schema", limit, async (t) => {
  const { page, seen } = await open(t);
  await page.locator(".graphiql-explorer-root").getByText("vendors", { exact: true }).waitFor();

  await replaceText(page, queryEditor, "{ vendors { nonsense } }");
  await page.locator(`${queryEditor} .squiggly-error`).first().waitFor();
  assertClean(seen);
});

test("a query in the address fills the editors", limit, async (t) => {
  const query = "query Few($first: Int!) {\n  referrals(first: $first) { nodes { id } }\n}";
  const search = new URLSearchParams({ query, variables: '{"first": 2}' });
  const { page, seen } = await open(t, `?${search}`);

  await waitForText(page, queryEditor, query);
  await waitForText(page, toolEditor, '{"first": 2}');
  await runButton(page).click();
  await waitForText(page, response, /"nodes": \[\s*\{\s*"id":\s*"/);
  assertClean(seen);
});

test("request headers are sent but not kept", limit, async (t) => {
  const { page, seen } = await open(t, `?${new URLSearchParams({ query: "{ __typename }" })}`);
  await page.getByRole("button", { name: "Headers", exact: true }).click();
  await replaceText(page, toolEditor, '{"x-probe": "not-to-be-kept"}');
  // Changing tabs makes GraphiQL take note of the headers, which it otherwise does after a pause.
  await page.getByRole("button", { name: "New tab" }).click();
  await page.getByRole("tab").first().click();
  await waitForText(page, toolEditor, "not-to-be-kept");
  await runButton(page).click();
  await waitForText(page, response, /"__typename": "/);

  assert.equal(await seen.graphql.at(-1).headerValue("x-probe"), "not-to-be-kept");
  const stored = await page.evaluate(() => JSON.stringify(localStorage));
  assert.match(stored, /__typename/, "the history keeps the query");
  assert.doesNotMatch(stored, /not-to-be-kept/);
  assertClean(seen);
});
