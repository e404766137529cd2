import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { ROOT, startGateway } from "./gateway";

const read = (path: string) => readFile(join(ROOT, path), "utf8");

/** The snippets of docs/clients.md, each with what its marker says: `run`, or `from` and a path. */
async function snippets() {
  const text = await read("docs/clients.md");
  const found = [...text.matchAll(/<!-- (?:(run)|from (\S+)) -->\n\n```\w+\n(.*?)\n```\n/gs)];
  assert.equal(found.length, text.split("\n").filter((line) => line.startsWith("```")).length / 2, "all have a marker");
  return found.map(([, run, path, code]) => ({ run: run !== undefined, path, code: code as string }));
}

test("every snippet is text of the file that it names", async () => {
  const included = (await snippets()).filter(({ run }) => !run);
  assert(included.length > 8);
  for (const { path, code } of included) {
    const file = await read(path as string);
    assert(`\n${file}`.includes(`\n${code}\n`) || `\n${file}`.includes(`\n${code},\n`), `${path} has it otherwise`);
  }
});

test("every command answers without errors", async () => {
  const gateway = await startGateway();
  const commands = (await snippets()).filter(({ run }) => run);
  assert.equal(commands.length, 3);
  for (const { code } of commands) {
    const command = code.replaceAll("http://127.0.0.1:4000", gateway.origin);
    const { stdout } = await promisify(execFile)("sh", ["-c", command]);
    const answer = JSON.parse(stdout) as { data: unknown; errors?: unknown };
    assert(answer.data, stdout);
    assert.equal(answer.errors, undefined);
    if (code.includes("mutation")) assert.match(stdout, /"outcome":"APPLIED"/);
  }
});
