import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { missing, someKeys, startGateway, vendorOf } from "../gateway.mjs";
import { foreign, startSupergraph } from "../supergraph.mjs";

const VENDORS = ["INTROZY", "PARTNER_CENTER", "PLANNR", "SAASQUATCH"];
const SUBJECT = `
  ... on Referral { id vendor name status }
  ... on Connection { id connectionStatus: status }
  ... on Engagement { id vendor }`;

/** A gateway, what it has, and the supergraph over it. */
async function start(options) {
  const gateway = await startGateway();
  const keys = await someKeys(gateway);
  const subjects = options?.subjects?.(keys) ?? [];
  const supergraph = await startSupergraph(gateway, { ...options, subjects });
  return {
    gateway,
    keys,
    supergraph,
    subjects,
    async stop() {
      await supergraph.stop();
      await gateway.stop();
    },
  };
}

/** Referrals of all vendors, connections and engagements in turn. */
function mixed(keys) {
  const vendors = VENDORS.map((vendor) => keys.Referral.filter((id) => vendorOf(id) === vendor));
  const subjects = [];
  for (let index = 0; index < 4; index += 1) {
    for (const ids of vendors) subjects.push(["Referral", ids[index]]);
    if (index < 2) subjects.push(["Connection", keys.Connection[index]], ["Engagement", keys.Engagement[index]]);
  }
  assert.ok(subjects.every(([, id]) => id));
  return subjects;
}

suite("behind Apollo's gateway", () => {
  let world;

  before(async () => {
    world = await start({ subjects: mixed });
  });

  after(() => world?.stop());

  test("a list of ours has a field of theirs", async () => {
    const { data, errors } = await world.supergraph.ask(`{
      referrals(first: 20) { nodes { id vendor score { value by { name } subject { __typename } } } pageInfo { hasNextPage } }
    }`);
    assert.equal(errors, undefined);
    const nodes = data.referrals.nodes;
    assert.equal(nodes.length, 20);
    assert.deepEqual([...new Set(nodes.map(({ vendor }) => vendor))].sort(), VENDORS);
    for (const { id, score } of nodes) {
      assert.deepEqual(score, { value: id.length, by: { name: "Ada" }, subject: { __typename: "Referral" } });
    }
  });

  test("a list of theirs has keys, which ours resolves in order, in one question", async () => {
    world.supergraph.asked.length = 0;
    const { data, errors } = await world.supergraph.ask(
      `query($first: Int!) { scores(first: $first) { nodes { value subject { ${SUBJECT} } } pageInfo { hasNextPage } } }`,
      { first: world.subjects.length },
    );
    assert.equal(errors, undefined);
    const { nodes, pageInfo } = data.scores;
    assert.deepEqual(nodes.map(({ subject }) => subject.id), world.subjects.map(([, id]) => id));
    assert.ok(nodes.every(({ subject }) => subject.status || subject.connectionStatus || subject.vendor));
    assert.deepEqual(pageInfo, { hasNextPage: false });
    assert.equal(world.supergraph.asked.length, 1);
  });

  test("questions go to and fro, and back again", async () => {
    const { data, errors } = await world.supergraph.ask(`{
      topScores(first: 12) {
        subject {
          __typename
          ... on Connection { id score { value } referrals(first: 2) { nodes { id vendor score { value subject { ... on Referral { remoteId } } } } } }
          ... on Engagement { id score { value } referrals(first: 2) { nodes { id remoteId score { value subject { ... on Referral { remoteId } } } } } }
        }
      }
    }`);
    assert.equal(errors, undefined);
    const subjects = data.topScores.map(({ subject }) => subject).filter(({ referrals }) => referrals);
    assert.deepEqual(subjects.map(({ __typename }) => __typename), ["Connection", "Engagement", "Connection", "Engagement"]);
    const engagements = subjects.filter(({ __typename }) => __typename === "Engagement");
    assert.ok(engagements.every(({ referrals }) => referrals.nodes.length > 0));
    for (const { id, score, referrals } of subjects) {
      assert.equal(score.value, id.length);
      for (const referral of referrals.nodes) {
        assert.equal(referral.score.value, referral.id.length);
        if (referral.remoteId) assert.equal(referral.score.subject.remoteId, referral.remoteId);
      }
    }
  });

  test("node and nodes lead from one to the other", async () => {
    const ids = [world.keys.Referral[0], world.keys.Facilitator[0], world.keys.Connection[0], world.keys.Engagement[0]];
    const { data, errors } = await world.supergraph.ask(
      `query($ids: [ID!]!, $id: ID!) {
        nodes(ids: $ids) { __typename id ... on Referral { score { value } } ... on Connection { score { value } } }
        node(id: $id) { ... on Engagement { score { value } vendor } }
      }`,
      { ids, id: ids[3] },
    );
    assert.equal(errors, undefined);
    assert.deepEqual(data.nodes.map(({ id }) => id), ids);
    assert.deepEqual(data.nodes.map(({ score }) => score?.value), [ids[0].length, undefined, ids[2].length, undefined]);
    assert.deepEqual(data.node, { score: { value: ids[3].length }, vendor: "PARTNER_CENTER" });
  });

  test("a list below an entity counts what the request asks for", async () => {
    const ask = (first, variable = "") =>
      world.supergraph.ask(
        `query${variable} { topScores(first: 6) { subject { ... on Engagement { referrals(first: ${first}) { nodes { id } } } } } }`,
        { first: 100 },
      );
    for (const answer of [await ask("20"), await ask("100"), await ask("$first", "($first: Int)")]) {
      assert.equal(answer.errors, undefined);
    }
  });
});

test("behind Apollo's gateway, automatic persisted queries are understood", async () => {
  const world = await start({ apq: true });
  try {
    for (let time = 0; time < 2; time += 1) {
      const { data, errors } = await world.supergraph.ask("{ vendors { vendor } }");
      assert.equal(errors, undefined);
      assert.equal(data.vendors.length, 4);
    }
  } finally {
    await world.stop();
  }
});

suite("behind Apollo's gateway, a vendor that is down", () => {
  let world;

  before(async () => {
    // The supergraph is asked about referrals that its gateway has not read yet: nothing is left over to be given out.
    const other = await startGateway();
    const keys = await someKeys(other);
    await other.stop();
    const gateway = await startGateway();
    const gone = missing(keys.Referral.find((id) => vendorOf(id) === "PLANNR"));
    const subjects = [...mixed(keys), ["Referral", gone], ["Referral", "no id"]];
    const supergraph = await startSupergraph(gateway, { subjects });
    await gateway.fail("introzy");
    world = { gateway, supergraph, subjects, gone };
  });

  after(async () => {
    await world?.supergraph.stop();
    await world?.gateway.stop();
  });

  test("costs its own entities, and each error says which", async () => {
    const { data, errors } = await world.supergraph.ask(
      `query($first: Int) { topScores(first: $first) { value subject { ${SUBJECT} } } }`,
      { first: world.subjects.length },
    );
    const isDown = ([typename, id]) => typename === "Referral" && id !== "no id" && vendorOf(id) === "INTROZY";
    const expected = world.subjects.map((subject) => {
      const [, id] = subject;
      return isDown(subject) || id === world.gone || id === "no id" ? null : id;
    });
    assert.deepEqual(data.topScores.map(({ subject }) => subject?.id ?? null), expected);
    assert.ok(data.topScores.every(({ value }) => value > 0), "the scores themselves are all there");

    const told = new Map(errors.map(({ path, extensions }) => [JSON.stringify(path), extensions]));
    world.subjects.forEach((subject, index) => {
      const extensions = told.get(JSON.stringify(["topScores", index, "subject"]));
      if (isDown(subject)) {
        assert.equal(extensions?.vendor, "INTROZY", `subject ${index}`);
        assert.match(extensions.code, /^VENDOR_(UNAVAILABLE|CIRCUIT_OPEN)$/);
        assert.equal(extensions.serviceName, "referrals");
        assert.equal(extensions.retryable, true);
        assert.ok(extensions.requestId);
      } else if (subject[1] === "no id") {
        assert.equal(extensions?.code, "BAD_USER_INPUT");
      } else {
        assert.equal(extensions, undefined, `subject ${index}`);
      }
    });
    assert.equal(told.size, world.subjects.filter(isDown).length + 1);
  });

  test("leaves the key that the other subgraph gave, unless a field is selected that is never null", async () => {
    const ask = (fields) =>
      world.supergraph.ask(
        `query($first: Int) { topScores(first: $first) { subject { ... on Referral { id ${fields} } } } }`,
        { first: world.subjects.length },
      );
    const at = world.subjects.findIndex(([, id]) => id === world.gone);
    const { subject } = (await ask("name")).data.topScores[at];
    assert.deepEqual(subject, { id: world.gone, name: null });
    assert.deepEqual((await ask("name vendor")).data.topScores[at], { subject: null });
  });

  test("costs its own rows of a list, and is named in sources", async () => {
    const { data, errors } = await world.supergraph.ask(
      "{ referrals(first: 12) { nodes { id vendor score { value } } sources { vendor status code } } }",
    );
    assert.equal(errors, undefined);
    const { nodes, sources } = data.referrals;
    assert.equal(nodes.length, 12);
    assert.ok(nodes.every(({ id, vendor, score }) => vendor !== "INTROZY" && score.value === id.length));
    const failed = sources.filter(({ status }) => status !== "OK").map(({ vendor }) => vendor);
    assert.deepEqual(failed, ["INTROZY"]);
  });

  test("is an error beside the list where sources are not selected", async () => {
    const { data, errors } = await world.supergraph.ask("{ referrals(first: 12) { nodes { id score { value } } } }");
    assert.equal(data.referrals.nodes.length, 12);
    assert.ok(data.referrals.nodes.every(({ id, score }) => score.value === id.length));
    assert.equal(errors.length, 1);
    assert.equal(errors[0].extensions.vendor, "INTROZY");
    assert.deepEqual(errors[0].path, ["referrals"]);
  });
});

suite("writes behind Apollo's gateway", () => {
  const CREATE = `mutation($input: CreateReferralInput!) {
    createReferral(input: $input) {
      outcome
      referral { id vendor name status score { value subject { ... on Referral { remoteId } } } }
      userErrors { code path }
      operation { idempotencyKey state }
    }
  }`;
  const partnerCenter = {
    type: "INDEPENDENT",
    customerProfile: { name: "Northwind", address: { country: "US" } },
    consent: { consentToContact: true, consentToShareInfoWithOthers: false },
    details: {},
  };
  const input = { idempotencyKey: "order-4711", referral: { partnerCenter } };
  let world;

  before(async () => {
    world = await start();
  });

  after(() => world?.stop());

  test("are made once, however often they are sent, and have fields of both", async () => {
    await world.gateway.forgetCalls();
    const first = await world.supergraph.ask(CREATE, { input });
    assert.equal(first.errors, undefined);
    const { outcome, referral, operation } = first.data.createReferral;
    assert.deepEqual([outcome, referral.vendor, operation.idempotencyKey], ["APPLIED", "PARTNER_CENTER", "order-4711"]);
    assert.equal(referral.score.value, referral.id.length);
    assert.ok(referral.score.subject.remoteId);

    const again = await world.supergraph.ask(CREATE, { input });
    assert.equal(again.data.createReferral.referral.id, referral.id);
    const writes = (await world.gateway.calls()).filter((call) => /^partner-center POST .*referrals\?/.test(call));
    assert.equal(writes.length, 1, writes.join("\n"));
  });

  test("of both subgraphs are made one after the other", async () => {
    const [id] = world.keys.Referral;
    const { data, errors } = await world.supergraph.ask(
      `mutation($input: CreateReferralInput!, $id: ID!) {
        rate(subject: $id, value: 7) { value subject { ... on Referral { id vendor } } }
        createReferral(input: $input) { outcome }
        again: rate(subject: $id, value: 8) { value }
      }`,
      { input, id },
    );
    assert.equal(errors, undefined);
    assert.deepEqual(data, {
      rate: { value: 7, subject: { id, vendor: vendorOf(id) } },
      createReferral: { outcome: "APPLIED" },
      again: { value: 8 },
    });
  });

  test("that are refused are data", async () => {
    const wrong = { ...partnerCenter, customerProfile: { name: "", address: { country: "US" } } };
    const { data, errors } = await world.supergraph.ask(CREATE, { input: { referral: { partnerCenter: wrong } } });
    assert.equal(errors, undefined);
    const { outcome, referral, userErrors } = data.createReferral;
    assert.deepEqual([outcome, referral], ["REJECTED", null]);
    assert.ok(userErrors.length > 0);
  });

  test("with two members of a @oneOf are refused, although composition drops the directive", async () => {
    const saasquatch = { accountId: "a", userId: "a", referralCode: "CODE" };
    const { errors } = await world.supergraph.ask(CREATE, { input: { referral: { partnerCenter, saasquatch } } });
    assert.equal(errors[0].extensions.code, "BAD_USER_INPUT");
    assert.equal(errors[0].extensions.serviceName, "referrals");
  });
});

test("nothing but this machine was asked", () => {
  assert.deepEqual(foreign, []);
});
