import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, suite, test } from "node:test";
import {
  buildSchema,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import { type Gateway, ROOT, startGateway } from "./gateway";

const read = (path: string) => readFile(join(ROOT, path), "utf8");

interface Answer {
  data?: Record<string, any>;
  errors?: { message: string; locations?: unknown }[];
}

/** A query of the page: who is down meanwhile, and what is said to come of it. */
interface Query {
  line: number;
  down: string | undefined;
  text: string;
  shown: unknown;
}

/** A table of the page: its head, and its rows without the marks of code. */
interface Table {
  head: string[];
  rows: string[][];
}

async function ask({ url }: Gateway, query: string): Promise<Answer> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify({ query }) });
  return (await answer.json()) as Answer;
}

/** Whether an answer is what is shown, where `"…"` stands for any text. */
function assertShown(actual: unknown, shown: unknown) {
  const fill = (actual: any, shown: any): any => {
    if (shown === "…" && typeof actual === "string") return actual;
    if (Array.isArray(shown)) return shown.map((it, index) => fill(actual?.[index], it));
    if (shown === null || typeof shown !== "object") return shown;
    return Object.fromEntries(Object.entries(shown).map(([key, it]) => [key, fill(actual?.[key], it)]));
  };
  assert.deepEqual(actual, fill(actual, shown));
}

suite("docs/schema.md", () => {
  let page: string;
  let schema: GraphQLSchema;
  let gateway: Gateway;
  const tables = new Map<string, Table>();

  before(async () => {
    page = await read("docs/schema.md");
    schema = buildSchema(await read("schema.graphql"), { assumeValidSDL: true });
    gateway = await startGateway();
    for (const [text] of page.matchAll(/^\|.*\n\|---.*\n(\|.*\n)+/gm)) {
      const [head, , ...rows] = text
        .trimEnd()
        .split("\n")
        .map((line) => line.slice(1, -1).split("|").map((cell) => cell.trim()));
      const name = /^`(\S+)`$/.exec(head![0]!)?.[1];
      if (name) tables.set(name, { head: head!, rows: rows.map(([first, ...rest]) => [first!.replaceAll("`", ""), ...rest]) });
    }
  });

  /** The names of the vendors in a table's head, as the schema has them, with their columns. */
  const vendors = ({ head }: Table) =>
    ["Introzy", "Plannr", "Partner Center", "SaaSquatch"].map((name) => ({
      vendor: name.toUpperCase().replace(" ", "_"),
      column: head.findIndex((cell) => cell.startsWith(name)),
    }));
  const table = (name: string) => tables.get(name) ?? assert.fail(`there is no table of ${name}`);
  const firsts = (name: string) => table(name).rows.map(([first]) => first!);

  test("every query answers what is shown of it", async () => {
    const found = page.matchAll(/(?:<!-- down: (\w+) -->\n\n)?```graphql\n(.*?)```\n(?:\n```json\n(.*?)```\n)?/gs);
    const queries: Query[] = [...found].map((match) => ({
      line: page.slice(0, match.index).split("\n").length,
      down: match[1],
      text: match[2]!,
      shown: match[3] && JSON.parse(match[3]),
    }));
    assert.equal(queries.length * 2, page.match(/^```(graphql)?$/gm)!.length - queries.filter(({ shown }) => shown).length);
    assert(queries.length > 10);
    let cursor: string | undefined;
    for (const { line, down, text, shown } of queries) {
      await test(`line ${line}`, async () => {
        const asked = down ? await startGateway() : gateway;
        if (down) await asked.breakVendor(down);
        // A cursor that is left out is the one that the query before gave.
        const answer = await ask(asked, text.replace('after: "…"', `after: "${cursor}"`));
        cursor = answer.data?.referrals?.pageInfo?.endCursor;
        for (const error of answer.errors ?? []) delete error.locations;
        if (shown) assertShown(answer, shown);
        else assert.equal(answer.errors, undefined);
      });
    }
  });

  test("a table of an enum or an input has all its values or fields, in their order", () => {
    let compared = 0;
    for (const name of tables.keys()) {
      const type = schema.getType(name);
      if (isEnumType(type)) assert.deepEqual(firsts(name), type.getValues().map((value) => value.name));
      else if (isInputObjectType(type)) assert.deepEqual(firsts(name), Object.keys(type.getFields()));
      else continue;
      compared += 1;
    }
    assert.equal(compared, 8);
  });

  test("the codes of errors are those of the gateway", async () => {
    const source = await read("src/graphql/error.rs");
    const codes = [...source.matchAll(/pub const (\w+): &str = "\1";/g)].map(([, code]) => code);
    assert.deepEqual(firsts("extensions.code"), codes);
  });

  test("the limits of documents are those of the guard", async () => {
    const source = await read("src/http/guard/mod.rs");
    const found = source.matchAll(/pub const MAX_(?!BYTES)\w+: \w+ = ([\d_]+);/g);
    const limits = [...found].map(([, limit]) => Number(limit!.replaceAll("_", "")).toLocaleString("en-US"));
    assert(limits.length > 5);
    const [text] = page.match(/^\| what \| at most \|\n\|---.*\n(\|.*\n)+/m)!;
    assert.deepEqual([...text.matchAll(/\| ([\d,]+) \|$/gm)].map(([, limit]) => limit), limits);
  });

  test("the capabilities are those that the vendors have", async () => {
    const { data } = await ask(gateway, "{ vendors { vendor capabilities } }");
    const capabilities = table("Capability");
    for (const { vendor, column } of vendors(capabilities)) {
      const said = capabilities.rows.filter((row) => row[column] === "yes").map(([first]) => first);
      const status = data!.vendors.find((status: any) => status.vendor === vendor);
      assert.deepEqual(said.sort(), status.capabilities.sort(), vendor);
    }
  });

  test("what is always null at a vendor is an empty cell, and nothing else is", async () => {
    const type = schema.getType("Referral");
    assert(isObjectType(type));
    const selections = Object.values(type.getFields()).map(({ name, type }) => {
      let inner = isNonNullType(type) ? type.ofType : type;
      if (isListType(inner)) inner = isNonNullType(inner.ofType) ? inner.ofType.ofType : inner.ofType;
      return isLeafType(inner) ? name : `${name} { __typename }`;
    });
    const names = Object.keys(type.getFields());
    const fields = table("Referral");
    for (const { vendor, column } of vendors(fields)) {
      const query = `{ referrals(first: 100, filter: { vendors: [${vendor}] }) { nodes { ${selections.join(" ")} } } }`;
      const { data, errors } = await ask(gateway, query);
      assert.equal(errors, undefined);
      const rows: Record<string, unknown>[] = data!.referrals.nodes;
      assert(rows.length > 50);
      const isThere = (value: unknown) => value !== null && !(Array.isArray(value) && value.length === 0);
      const nulls: string[] = names.filter((name) => !rows.some((row) => isThere(row[name])));
      const empty = fields.rows.filter((row) => row[column] === "").map(([first]) => first!);
      assert.deepEqual(empty.sort(), nulls.sort(), vendor);
    }
  });

  test("a vendor's word for a status is in the cell of that status", async () => {
    const statuses = table("ReferralStatus");
    for (const { vendor, column } of vendors(statuses)) {
      const query = `{ referrals(first: 100, filter: { vendors: [${vendor}] }) { nodes { status vendorStatus } } }`;
      const { data } = await ask(gateway, query);
      for (const { status, vendorStatus } of data!.referrals.nodes) {
        const cell = statuses.rows.find(([first]) => first === status)![column]!;
        assert.notEqual(cell, "", `${vendor} ${status}`);
        // SaaSquatch's status follows from more than its word.
        const isTold = vendor === "SAASQUATCH" || vendorStatus === null || cell === "any other";
        assert(isTold || cell.includes(`\`${vendorStatus}\``), `${vendor} ${vendorStatus} is ${status}`);
      }
    }
  });

  test("an action is at the vendors whose referrals allow it", async () => {
    for (const { vendor } of vendors(table("Capability"))) {
      const query = `{ referrals(first: 100, filter: { vendors: [${vendor}] }) { nodes { allowedActions } } }`;
      const { data } = await ask(gateway, query);
      const seen = new Set<string>(data!.referrals.nodes.flatMap((row: any) => row.allowedActions));
      const isHere = (at: string) => at.split(", ").some((name) => name.toUpperCase().replace(" ", "_") === vendor);
      const said = table("ReferralAction").rows.filter(([, at]) => isHere(at!));
      assert.deepEqual(said.map(([first]) => first!).sort(), [...seen].sort(), vendor);
    }
  });

  test("a vendor is asked by a filter unless its cell is empty", async () => {
    const { data } = await ask(
      gateway,
      `{ connections(first: 1) { nodes { id } }
         referrals(first: 1, filter: { vendors: [PARTNER_CENTER] }) { nodes { engagement { id } } } }`,
    );
    const ids: Record<string, string> = {
      connectionId: data!.connections.nodes[0].id,
      engagementId: data!.referrals.nodes[0].engagement.id,
    };
    const samples: Record<string, (name: string) => string> = {
      "[Vendor!]": () => "[INTROZY, PLANNR, PARTNER_CENTER, SAASQUATCH]",
      "[ReferralStatus!]": () => "[ACTIVE]",
      Direction: () => "SENT",
      ModerationStatus: () => "PENDING",
      DateTime: () => '"2026-06-01T00:00:00Z"',
      String: () => '"ada"',
      ID: (name) => `"${ids[name]}"`,
    };
    const filter = schema.getType("ReferralFilter");
    assert(isInputObjectType(filter));
    const filters = table("ReferralFilter");
    for (const { name, type } of Object.values(filter.getFields())) {
      const query = `{ referrals(first: 1, filter: { ${name}: ${samples[String(type)]!(name)} }) { sources { vendor status } } }`;
      const { data } = await ask(gateway, query);
      const asked = data!.referrals.sources.filter((source: any) => source.status !== "UNSUPPORTED");
      const row = filters.rows.find(([first]) => first === name)!;
      const said = vendors(filters).filter(({ column }) => row[column] !== "");
      assert.deepEqual(asked, said.map(({ vendor }) => ({ vendor, status: "OK" })), name);
    }
  });
});
