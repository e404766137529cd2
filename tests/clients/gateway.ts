import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after } from "node:test";

/** The repository's root, seen from `build/`. */
export const ROOT = join(__dirname, "../../..");

export interface Gateway {
  /** Without a path. */
  origin: string;
  /** Where it is asked. */
  url: string;
  /** Lets every call to a vendor fail with 503 until `heal` is called. */
  breakVendor(vendor: string): Promise<void>;
  heal(): Promise<void>;
}

const running: (() => Promise<void>)[] = [];
after(() => Promise.all(running.map((end) => end())));

/** A gateway of its own with a sandbox of its own, on free ports, until the test file ends. */
export async function startGateway(toml = ""): Promise<Gateway> {
  const binary = process.env.GATEWAY_BIN;
  assert(binary, "GATEWAY_BIN is not set: run scripts/test-clients");
  const folder = await mkdtemp(join(tmpdir(), "referral-gateway-"));
  const config = join(folder, "gateway.toml");
  await writeFile(config, toml);
  const gateway = spawn(binary, ["serve", "--sandbox", "--config", config], {
    env: { ...process.env, REFERRAL_GATEWAY_LISTEN: "127.0.0.1:0" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  running.push(async () => {
    gateway.kill();
    await rm(folder, { recursive: true });
  });

  let sandbox: string | undefined;
  let origin: string | undefined;
  const log: string[] = [];
  const lines = createInterface(gateway.stderr);
  for await (const line of lines) {
    log.push(line);
    sandbox ??= /sandbox at (http:\S+\/_sandbox\/)/.exec(line)?.[1];
    origin ??= /GraphQL at (http:\S+)\/graphql/.exec(line)?.[1];
    if (sandbox && origin) break;
  }
  assert(sandbox && origin, `the gateway did not start:\n${log.join("\n")}`);
  gateway.stderr.resume();

  const control = async (method: string, path: string, body?: unknown) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${sandbox}${path}`, { method, headers, body: body && JSON.stringify(body) } as RequestInit);
    assert(answer.ok, `${method} ${path}: ${answer.status}`);
  };
  return {
    origin,
    url: `${origin}/graphql`,
    breakVendor: (vendor) => control("POST", "faults", { vendor, answer: { kind: "status", status: 503 } }),
    heal: () => control("DELETE", "faults"),
  };
}
