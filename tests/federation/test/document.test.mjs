// Every snippet of docs/federation.md does what the document says.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { operations, snippets } from "../document.mjs";
import { run, someKeys, startGateway } from "../gateway.mjs";
import { exported, startSupergraph } from "../supergraph.mjs";

suite("docs/federation.md", () => {
  let gateway;
  let supergraph;

  before(async () => {
    gateway = await startGateway();
    const keys = await someKeys(gateway);
    const subjects = ["Referral", "Connection", "Engagement"].flatMap((typename) =>
      keys[typename].slice(0, 3).map((id) => [typename, id]),
    );
    supergraph = await startSupergraph(gateway, { subjects });
  });

  after(async () => {
    await supergraph?.stop();
    await gateway?.stop();
  });

  test("has snippets of known languages only", () => {
    const languages = [...new Set(snippets.map(({ language }) => language))].sort();
    assert.deepEqual(languages, ["graphql", "sh", "toml"]);
    assert.equal(operations.length, 2);
  });

  for (const { text, line } of operations) {
    test(`the operation in line ${line} is answered by both subgraphs`, async () => {
      const { data, errors } = await supergraph.ask(text);
      assert.equal(errors, undefined);
      const answer = JSON.stringify(data);
      assert.match(answer, /"score":\{"value":\d+/);
      assert.match(answer, /"vendor":"[A-Z]/);
    });
  }

  for (const { text, line } of snippets.filter(({ language }) => language === "sh")) {
    test(`the command in line ${line} prints the schema`, () => {
      const [program, ...args] = text.trim().split(/\s+/);
      assert.equal(program, "referral-gateway");
      const { status, stdout } = run(...args);
      assert.deepEqual([status, stdout], [0, exported]);
    });
  }

  for (const { text, line } of snippets.filter(({ language }) => language === "toml")) {
    test(`the configuration in line ${line} is sound`, () => {
      const folder = mkdtempSync(join(tmpdir(), "federation-"));
      try {
        const file = join(folder, "gateway.toml");
        writeFileSync(file, text);
        const { status, stderr } = run("check", "--config", file);
        assert.equal(status, 0, stderr);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});
