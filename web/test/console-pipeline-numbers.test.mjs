import assert from "node:assert/strict";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const source = (name) => fileURLToPath(new URL(`../console/src/views/pipeline/${name}`, import.meta.url));
const load = async (name) => (await runnerImport(source(name), { configFile: false, logLevel: "error" })).module;

let completeness;
let months;
let tally;
before(async () => {
  completeness = await load("completeness.ts");
  months = await load("months.ts");
  tally = await load("tally.ts");
});

const row = (amount, currency, rest = {}) => ({
  vendor: "INTROZY",
  status: "ACTIVE",
  createdAt: null,
  value: amount === null ? null : { amount, currency },
  ...rest,
});
const report = (status, fetchedAt = null) => ({ vendor: "PLANNR", status, fetchedAt });

test("amounts are added exactly, each currency by itself", () => {
  const first = tally.add([], [row("9007199254740993", "EUR"), row("0.1", "EUR"), row("5", "USD"), row(null)]);
  const cells = tally.add(first, [row("0.2", "EUR")]);
  assert.deepEqual(tally.total(cells, { show: "value", currency: "EUR" }), { amount: "9007199254740993.3", count: 3 });
  assert.deepEqual(tally.total(cells, { show: "value", currency: "USD" }), { amount: "5", count: 1 });
  assert.deepEqual(tally.total(cells, { show: "count" }), { amount: "5", count: 5 });
  assert.deepEqual(tally.currencies(cells), ["EUR", "USD"]);
});

test("the longest bar is that of the largest amount, whatever its number of digits", () => {
  const figures = ["9", "10", "9.99"].map((amount) => ({ amount, count: 1 }));
  assert.equal(tally.largest(figures), "10");
  assert.equal(tally.largest([{ amount: "-3", count: 1 }]), "0", "there are no bars below zero");
});

test("empty months between others are shown", () => {
  const keys = months.monthsOf(["2026-02", null, "2025-11", "2026-02"]).map(({ key }) => key);
  assert.deepEqual(keys, ["2025-11", "2025-12", "2026-01", "2026-02"]);
  assert.deepEqual(months.monthsOf([null]), []);
});

test("what is older than 24 months is one column", () => {
  const columns = months.monthsOf(["1999-12", "2026-02"]);
  assert.equal(columns.length, 25);
  assert.deepEqual(columns[0], { key: "2024-02", isUntil: true });
  assert.deepEqual(columns[1], { key: "2024-03" });
  assert.ok(months.isIn(columns[0], "1999-12") && months.isIn(columns[0], "2024-02"));
  assert.ok(!months.isIn(columns[0], "2024-03") && !months.isIn(columns[0], null));
  assert.deepEqual(months.monthDays(columns[0]), { from: "", to: "2024-02-29" });
  assert.deepEqual(months.monthDays({ key: "2026-12" }), { from: "2026-12-01", to: "2026-12-31" });
});

test("of two reports of a vendor the worse one counts, with the older time", () => {
  const merge = (a, b) => completeness.mergeSources([a], [b])[0].status;
  assert.equal(merge(report("OK"), report("STALE")), "STALE");
  assert.equal(merge(report("PARTIAL"), report("OK")), "PARTIAL");
  assert.equal(merge(report("STALE"), report("TIMED_OUT")), "TIMED_OUT");
  assert.equal(merge(report("TIMED_OUT"), report("PARTIAL")), "TIMED_OUT");
  const [merged] = completeness.mergeSources(
    [report("OK", "2026-03-01T10:00:00Z")],
    [report("STALE", "2026-03-01T11:00:00Z")],
  );
  assert.equal(merged.fetchedAt, "2026-03-01T10:00:00Z");
  assert.deepEqual(completeness.missing([report("STALE")]), []);
  assert.deepEqual(completeness.missing([report("CIRCUIT_OPEN")]), ["PLANNR"]);
  assert.deepEqual(completeness.outdated([report("STALE")]), ["PLANNR"]);
});
