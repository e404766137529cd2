import assert from "node:assert/strict";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const source = (name) => fileURLToPath(new URL(`../console/src/${name}`, import.meta.url));
const load = async (name) => (await runnerImport(source(name), { configFile: false, logLevel: "error" })).module;

let decimal;
let money;
let time;
let list;
before(async () => {
  decimal = await load("format/decimal.ts");
  money = await load("format/money.ts");
  time = await load("format/time.ts");
  list = await load("views/list/state.ts");
});

// What Intl puts between digits and currency differs between versions.
const plain = (text) => text.replaceAll(/[\u00a0\u202f]/g, " ");

test("sums are exact where floating point is not", () => {
  assert.equal(decimal.sum(["0.1", "0.2"]), "0.3");
  assert.equal(decimal.sum(["9007199254740993", "0.01"]), "9007199254740993.01");
  assert.equal(decimal.sum(["-1.5", "1", "0.50"]), "0.00");
  assert.equal(decimal.sum(["-0.25", "0.2"]), "-0.05");
  assert.equal(decimal.sum([]), "0");
});

test("what is no number is not left out of a sum", () => {
  assert.throws(() => decimal.sum(["1", "much"]), RangeError);
  assert.throws(() => decimal.sum(["1e3"]), RangeError);
});

test("amounts are compared by their worth", () => {
  assert.equal(decimal.compare("10.0", "9.99"), 1);
  assert.equal(decimal.compare("9007199254740993", "9007199254740992"), 1);
  assert.equal(decimal.compare("1.50", "1.5"), 0);
  assert.equal(decimal.compare("-2", "1"), -1);
});

test("amounts keep all of their digits, and whole ones have no cents", () => {
  const usual = plain(money.formatMoney("1234.5", "USD"));
  assert.match(usual, /1,234\.50/);
  assert.match(money.formatMoney("50000", "USD"), /50,000(?!\.)/);
  assert.match(money.formatMoney("9007199254740993.01", "EUR"), /9,007,199,254,740,993\.01/);
  assert.match(money.formatMoney("0.123456789", "USD"), /0\.123456789/);
  assert.match(money.formatMoney("12", "not a currency"), /^12 not a currency$/);
  assert.equal(money.formatMoney("much", "USD"), "much USD");
});

test("a day is the same day wherever it is read", () => {
  assert.match(time.formatDay("2026-01-01"), /Jan.* 1.*2026|1 Jan.* 2026/);
});

test("times are told in the largest unit that fits", () => {
  const now = Date.UTC(2026, 0, 10);
  assert.equal(time.formatRelative("2026-01-07T00:00:00Z", now), "3 days ago");
  assert.equal(time.formatRelative("2026-01-10T02:30:00Z", now), "in 2 hours");
  assert.equal(time.formatRelative("2026-01-10T00:00:00Z", now), "now");
});

test("the list's state survives its way through the address", () => {
  for (const address of [
    "",
    "q=ada&vendor=INTROZY&vendor=PLANNR&status=WON&direction=SENT&since=30&by=updated&sort=updated&order=asc",
    "from=2026-01-01&to=2026-02-01",
    "engagement=some-id&connection=other-id",
  ]) {
    assert.equal(list.printState(list.parseState(address)), address);
  }
});

test("an address that makes no sense is the plain list", () => {
  const state = list.parseState("vendor=NOBODY&status=&direction=UP&since=-3&sort=size&order=up");
  assert.equal(list.printState(state), "");
});

test("a period includes its first and its last day", () => {
  const { createdAfter, createdBefore } = list.filterOf(list.parseState("from=2026-03-01&to=2026-03-02"), new Date());
  assert.equal(new Date(createdAfter).getTime(), new Date(2026, 2, 1).getTime() - 1);
  assert.equal(new Date(createdBefore).getTime(), new Date(2026, 2, 3).getTime());
});

test("an e-mail address is looked for as one", () => {
  assert.deepEqual(list.filterOf(list.parseState("q=ada@example.test"), new Date()), { email: "ada@example.test" });
  assert.deepEqual(list.filterOf(list.parseState("q=ada"), new Date()), { search: "ada" });
});
