import assert from "node:assert/strict";
import { after, test } from "node:test";
import { serverAudits } from "graphql-http";

const gateway = process.env.GATEWAY_URL;
if (!gateway) {
  throw new Error("GATEWAY_URL is not set. Start the gateway and set it, e.g. GATEWAY_URL=http://127.0.0.1:4000 npm test");
}

// The audits of the GraphQL over HTTP specification's reference implementation: every one must be met, the SHOULDs and
// MAYs as well as the MUSTs.
const audits = serverAudits({ url: `${gateway.replace(/\/$/, "")}/graphql` });
let met = 0;

for (const audit of audits) {
  test(`GraphQL over HTTP: ${audit.name} (${audit.id})`, async () => {
    const result = await audit.fn();
    assert.equal(result.status, "ok", result.status === "ok" ? "" : `${result.status}: ${result.reason}`);
    met += 1;
  });
}

after(() => console.log(`GraphQL over HTTP: ${met} of ${audits.length} audits are met`));
