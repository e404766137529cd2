// A gateway of its own with the sandbox, and what a test needs of both.

import { spawn, spawnSync } from "node:child_process";
import { tmpdir } from "node:os";

const program = process.env.GATEWAY_BIN;
if (!program) {
  throw new Error("GATEWAY_BIN is not set: the path of the referral-gateway binary. See scripts/test-federation.");
}

/** Runs a command of the gateway that ends by itself. */
export function run(...args) {
  return spawnSync(program, args, { encoding: "utf8" });
}

/** Starts a gateway in the state in which every gateway starts. Whoever starts it stops it. */
export async function startGateway() {
  const child = spawn(program, ["serve", "--sandbox"], {
    env: { PATH: process.env.PATH, REFERRAL_GATEWAY_LISTEN: "127.0.0.1:0" },
    cwd: tmpdir(),
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  // A test that fails before it stops its gateway must neither wait for it nor leave it behind.
  process.once("exit", () => child.kill());
  const { url, sandbox } = await addresses(child);
  child.unref();
  child.stderr.unref();

  async function control(method, path, body) {
    const answer = await fetch(new URL(path, sandbox), { method, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? null : answer.json();
  }

  return {
    url,
    stop() {
      child.ref();
      child.kill();
      return ended;
    },
    /** The whole answer to a query sent to the gateway itself. */
    async ask(query, variables = {}) {
      const answer = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json" },
        body: JSON.stringify({ query, variables }),
      });
      return answer.json();
    },
    /** What the vendors were asked. Calls have no order, nor has what is asked for in one. */
    async calls() {
      const { requests } = await control("GET", "requests");
      const sorted = (value) => value.split(",").sort().join();
      return requests
        .map(({ vendor, method, path, query }) => {
          const parameters = query.map(([name, value]) => `${name}=${sorted(value)}`);
          return `${vendor} ${method} ${path}?${parameters.join("&")}`;
        })
        .sort();
    },
    forgetCalls: () => control("DELETE", "requests"),
    fail: (vendor) => control("POST", "faults", { vendor, answer: { kind: "status", status: 503 } }),
  };
}

function addresses(child) {
  return new Promise((resolve, reject) => {
    let log = "";
    const failed = (why) => reject(new Error(`the gateway did not start (${why}):\n${log}`));
    const timer = setTimeout(() => failed("no address within a minute"), 60_000);
    child.once("error", (error) => failed(error.message));
    child.once("exit", (code) => failed(`exit code ${code}`));
    child.stderr.setEncoding("utf8").on("data", (text) => {
      log += text;
      const url = /GraphQL at (http:\S+?\/graphql)/.exec(log)?.[1];
      const sandbox = /sandbox at (http:\S+?\/_sandbox\/)/.exec(log)?.[1];
      if (!url || !sandbox) return;
      clearTimeout(timer);
      resolve({ url, sandbox });
    });
  });
}

/** Ids of everything the gateway has: [typename, id], vendors mixed. */
export async function someKeys(gateway) {
  const { data, errors } = await gateway.ask(`{
    referrals(first: 60) { nodes { id engagement { id } facilitators(first: 3) { nodes { id } } } }
    connections(first: 8) { nodes { id } }
  }`);
  if (errors) throw new Error(JSON.stringify(errors));
  const referrals = data.referrals.nodes;
  const ids = (nodes) => [...new Set(nodes.filter(Boolean).map(({ id }) => id))];
  return {
    Referral: ids(referrals),
    Facilitator: ids(referrals.flatMap((referral) => referral.facilitators?.nodes)),
    Connection: ids(data.connections.nodes),
    Engagement: ids(referrals.map((referral) => referral.engagement)),
  };
}

/** The vendor in a global id. To clients it is opaque. */
export const vendorOf = (id) => JSON.parse(Buffer.from(id, "base64url"))[1];

/** The id of something of the same kind and vendor that is not there. */
export function missing(id) {
  const parts = JSON.parse(Buffer.from(id, "base64url"));
  parts[2] = "00000000-0000-4000-8000-000000000000";
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}
