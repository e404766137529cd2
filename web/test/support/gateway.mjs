// Gateways of a test's own, each with a sandbox of its own: what one test breaks, no other one meets.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after } from "node:test";
import { fileURLToPath } from "node:url";

const BUILT = fileURLToPath(new URL("../../../target/debug/referral-gateway", import.meta.url));

const running = [];
after(() => Promise.all(running.map((end) => end())));

/** Runs until the test file ends. */
export async function startGateway(toml = "") {
  const folder = await mkdtemp(join(tmpdir(), "referral-gateway-"));
  const config = join(folder, "gateway.toml");
  await writeFile(config, toml);
  const gateway = spawn(process.env.GATEWAY_BIN ?? BUILT, ["serve", "--sandbox", "--config", config], {
    env: { ...process.env, REFERRAL_GATEWAY_LISTEN: "127.0.0.1:0" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  running.push(async () => {
    gateway.kill();
    await rm(folder, { recursive: true });
  });

  let sandbox;
  let url;
  const log = [];
  for await (const line of createInterface(gateway.stderr)) {
    log.push(line);
    sandbox ??= /sandbox at (http:\S+\/_sandbox\/)/.exec(line)?.[1];
    url ??= /GraphQL at (http:\S+)\/graphql/.exec(line)?.[1];
    if (sandbox && url) break;
  }
  assert(sandbox && url, `the gateway did not start:\n${log.join("\n")}`);
  gateway.stderr.resume();

  const control = async (method, path, body) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${sandbox}${path}`, { method, headers, body: body && JSON.stringify(body) });
    assert(answer.ok, `${method} ${path}: ${answer.status}`);
  };
  return {
    url,
    /** Every request of the vendor that fits meets the answer, until `heal`. */
    fault: (vendor, answer, which = {}) => control("POST", "faults", { vendor, answer, ...which }),
    /** How many referrals the vendor has. */
    resize: (vendor, rows) => control("PUT", `${vendor}/referrals`, { count: rows }),
    heal: () => control("DELETE", "faults"),
    /** Lets go what the fault `hold` keeps back. */
    release: () => control("POST", "release"),
    ask: (query, variables) => ask(url, query, variables),
  };
}

export async function ask(url, query, variables) {
  const answer = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await answer.json();
  assert.equal(errors, undefined);
  return data;
}
