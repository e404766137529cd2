// What every page must be, in both schemes and at both widths.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** axe finds nothing, and nothing is wider than the screen. */
export async function assertAccessible(page) {
  // Evaluated, and not added as a script, which the page's policy would refuse.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const found = violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  assert.deepEqual(found, []);
  const overhang = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overhang <= 0, `the page is ${overhang} px wider than the screen`);
}
