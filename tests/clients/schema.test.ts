import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { CriticalityLevel, diff } from "@graphql-inspector/core";
import { buildSchema } from "graphql";
import { ROOT } from "./gateway";

// Federation's directives are used without being defined, as subgraphs may.
const parse = (sdl: string) => buildSchema(sdl, { assumeValidSDL: true });
const read = (path: string) => readFile(join(ROOT, path), "utf8");

async function changes(from: string, to: string) {
  const all = await diff(parse(from), parse(to));
  const of = (level: CriticalityLevel) => all.filter((it) => it.criticality.level === level).map((it) => it.message);
  return { breaking: of(CriticalityLevel.Breaking), dangerous: of(CriticalityLevel.Dangerous) };
}

test("nothing breaks the programs that were written for the last release", async () => {
  const { breaking, dangerous } = await changes(await read("tests/clients/released.graphql"), await read("schema.graphql"));
  for (const message of dangerous) console.log(`dangerous: ${message}`);
  assert.deepEqual(breaking, [], "make it optional or deprecate it; at a release copy schema.graphql to released.graphql");
});

test("a field that goes breaks, one that comes does not, and a new value of an enum is dangerous", async () => {
  const released = await read("tests/clients/released.graphql");
  const without = released.replace(/\n\t"[^"]*"\n\tvendorStatus: String\n/, "\n");
  assert.notEqual(without, released);
  const { breaking } = await changes(released, without);
  assert.deepEqual(breaking, ["Field 'vendorStatus' was removed from object type 'Referral'"]);
  assert.deepEqual((await changes(without, released)).breaking, []);
  const more = released.replace("enum Decision {", 'enum Decision {\n\t"Later."\n\tPOSTPONE');
  assert.equal((await changes(released, more)).dangerous.length, 1);
});
