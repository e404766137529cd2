import assert from "node:assert/strict";
import { before, test } from "node:test";
import { count, limit, useBrowser } from "./support/browser.mjs";
import { startGateway } from "./support/gateway.mjs";

const open = useBrowser();
let gateway;
before(async () => {
  gateway = await startGateway();
});

const PARTY = "__typename ... on Person { name email } ... on Organization { name }";
const PICK = `query ($vendor: Vendor!) {
  referrals(first: 60, filter: { vendors: [$vendor] }) {
    nodes {
      id remoteId name description status vendorStatus engagement { id remoteId referrals { totalCount } } connection { id }
      referrer { ${PARTY} } referred { ${PARTY} } notes(first: 1) { nodes { content } }
      facilitators(first: 5) { nodes { party { ${PARTY} } } }
    }
  }
}`;

/** The first referral of a vendor that has what the test is about. */
async function pick(vendor, fits = () => true) {
  const { referrals } = await gateway.ask(PICK, { vendor });
  const found = referrals.nodes.find(fits);
  assert.ok(found, `${vendor} has one that fits`);
  return found;
}

const section = (page, name) => page.getByRole("region", { name, exact: true });

test("an Introzy referral shows its people, notes, facilitators and fees", limit, async (t) => {
  const referral = await pick(
    "INTROZY",
    ({ notes, facilitators }) => notes.nodes.length > 0 && facilitators.nodes.some(({ party }) => party.email),
  );
  const { page } = await open(t, gateway, `/referrals/${referral.id}`);
  await page.getByRole("heading", { level: 1, name: referral.name }).waitFor();
  await section(page, "Parties").getByText(referral.referrer.name).first().waitFor();
  await section(page, "Overview").getByText(referral.remoteId).waitFor();
  await section(page, "Notes").getByRole("listitem").first().waitFor();
  assert.doesNotMatch(await section(page, "Notes").innerText(), /\]\(person:/, "mentions are names");
  const { email } = referral.facilitators.nodes.map(({ party }) => party).find((party) => party.email);
  await section(page, "Facilitators").getByRole("link", { name: email }).first().waitFor();
  await section(page, "Fee preview").getByText("Fee chains").waitFor();
  await section(page, "More from Introzy").getByText("Pipeline deal").waitFor();
});

test("a Plannr referral shows its connection and the others that went along it", limit, async (t) => {
  const referral = await pick("PLANNR", ({ connection }) => connection !== null);
  const { page } = await open(t, gateway, `/referrals/${referral.id}`);
  await section(page, "More from Plannr").getByText("Advice on").waitFor();
  await section(page, "Connection").getByRole("link", { name: "All along it" }).click();
  await page.waitForURL(/\?connection=/);
  await page.getByRole("button", { name: "One connection: remove this filter" }).click();
  await count(page, "50 of 288 referrals").waitFor();
});

test("a Partner Center referral leads to its engagement, and that to the list", limit, async (t) => {
  const referral = await pick("PARTNER_CENTER", ({ engagement }) => engagement?.referrals.totalCount > 1);
  const { totalCount } = referral.engagement.referrals;
  const { page } = await open(t, gateway, `/referrals/${referral.id}`);
  await section(page, "Overview").getByText(referral.vendorStatus, { exact: true }).waitFor();
  await section(page, "More from Partner Center").getByText("Customer").first().waitFor();
  await section(page, "Engagement").getByRole("link", { name: "Open the engagement" }).click();

  await page.getByRole("heading", { level: 1, name: "Engagement" }).waitFor();
  await section(page, "Overview").getByText(referral.engagement.remoteId).waitFor();
  await section(page, "Referrals").getByRole("listitem").first().waitFor();
  assert.equal(await section(page, "Referrals").getByRole("listitem").count(), totalCount);
  await section(page, "Referrals").getByRole("link", { name: "Show in the list" }).click();
  await count(page, `${totalCount} referrals`).waitFor();
});

test("a SaaSquatch referral shows its moderation and no panels of what it has not", limit, async (t) => {
  const referral = await pick("SAASQUATCH");
  const { page } = await open(t, gateway, `/referrals/${referral.id}`);
  await section(page, "Overview").getByText("Moderation", { exact: true }).waitFor();
  await section(page, "Parties").getByText("SaaSquatch has no recipients").waitFor();
  await section(page, "More from SaaSquatch").waitFor();
  for (const name of ["Notes", "Facilitators", "Engagement", "Connection", "Fee preview"]) {
    assert.equal(await section(page, name).count(), 0, name);
  }
});

test("the vendor's own record is asked for when it is opened", limit, async (t) => {
  const referral = await pick("PLANNR");
  const { page, seen } = await open(t, gateway, `/referrals/${referral.id}`);
  await section(page, "Timeline").getByText("Created").waitFor();
  assert.equal(seen.operations.includes("ReferralRaw"), false);
  await page.getByText("Show the vendor's own JSON").click();
  await page.getByLabel("The vendor's own JSON").getByText(`"uuid": "${referral.remoteId}"`).waitFor();
});

test("every view opens in GraphiQL with its own query", limit, async (t) => {
  const { id } = await pick("INTROZY");
  const engagement = (await pick("PARTNER_CENTER", ({ engagement }) => engagement !== null)).engagement.id;
  for (const path of ["/?vendor=PLANNR&status=PENDING", `/referrals/${id}`, `/engagements/${engagement}`]) {
    const { page } = await open(t, gateway, path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    const link = new URL(await page.getByRole("link", { name: "Open in GraphiQL" }).evaluate((link) => link.href));
    assert.equal(link.pathname, "/graphiql");
    const { query, variables } = Object.fromEntries(link.searchParams);
    // Fails on errors.
    const data = await gateway.ask(query, JSON.parse(variables));
    assert.ok(data.referrals ?? data.referral ?? data.engagement, path);
  }
});
