import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { missing, someKeys, startGateway, vendorOf } from "../gateway.mjs";

const FIELDS = `
  ... on Referral { id vendor name status }
  ... on Facilitator { id vendor role party { ... on Person { name } ... on Organization { name } } }
  ... on Connection { id vendor status }
  ... on Engagement { id vendor }`;
const ENTITIES = `query($keys: [_Any!]!) { _entities(representations: $keys) { __typename ${FIELDS} } }`;
const NODES = `query($ids: [ID!]!) { nodes(ids: $ids) { __typename ${FIELDS} } }`;

const MALFORMED = 17;

/** 50 keys: of all kinds and vendors in turn, every ninth of something that is not there, and one malformed. */
async function fiftyKeys() {
  const gateway = await startGateway();
  const some = await someKeys(gateway);
  await gateway.stop();
  const take = (typename, count) => {
    assert.ok(some[typename].length > 0, `the sandbox has no ${typename}`);
    return some[typename].slice(0, count).map((id) => ({ __typename: typename, id }));
  };
  const kinds = [take("Referral", 32), take("Facilitator", 10), take("Connection", 6), take("Engagement", 6)];
  const keys = [];
  while (keys.length < 50) {
    for (const kind of kinds) {
      if (kind.length > 0) keys.push(kind.shift());
    }
    assert.ok(kinds.some((kind) => kind.length > 0) || keys.length >= 50, `only ${keys.length} keys`);
  }
  keys.length = 50;
  keys.forEach((key, index) => {
    if (index % 9 === 4) key.id = missing(key.id);
  });
  keys[MALFORMED] = { __typename: "Referral", id: "no id" };
  return keys;
}

suite("_entities", () => {
  let keys;
  let gateway;

  before(async () => {
    keys = await fiftyKeys();
    gateway = await startGateway();
  });

  after(() => gateway?.stop());

  test("fifty mixed keys are answered in order, and cost what nodes of the same ids costs", async () => {
    const kinds = new Set(keys.map(({ __typename }) => __typename));
    const vendors = new Set(keys.filter(({ id }) => id !== "no id").map(({ id }) => vendorOf(id)));
    assert.deepEqual([keys.length, kinds.size, vendors.size], [50, 4, 4]);

    const other = await startGateway();
    try {
      const byNodes = await other.ask(NODES, { ids: keys.map(({ id }) => id) });
      const byEntities = await gateway.ask(ENTITIES, { keys });
      assert.deepEqual(byEntities.data._entities, byNodes.data.nodes);
      assert.deepEqual(await gateway.calls(), await other.calls());

      const found = byEntities.data._entities;
      found.forEach((entity, index) => {
        const isThere = index % 9 !== 4 && index !== MALFORMED;
        const expected = isThere ? keys[index] : null;
        assert.deepEqual(entity && { __typename: entity.__typename, id: entity.id }, expected, `key ${index}`);
      });
      // A key that is not there is null and no error.
      const errors = byEntities.errors.map(({ path, extensions }) => [path, extensions.code]);
      assert.deepEqual(errors, [[["_entities", MALFORMED], "BAD_USER_INPUT"]]);
      assert.deepEqual(byNodes.errors.map(({ path }) => path), [["nodes", MALFORMED]]);
    } finally {
      await other.stop();
    }
  });

  // The engine by itself empties the whole list for any of these.
  test("a key of no use is null, with an error at its place, and spoils no other", async () => {
    const [good] = keys;
    const useless = [
      { __typename: "Movie", id: good.id },
      { __typename: "Referral" },
      { __typename: "Referral", id: null },
      { __typename: "Referral", key: good.id },
      { __typename: "Connection", id: good.id },
      { id: good.id },
      { __typename: 7, id: good.id },
      {},
      "Referral",
      7,
      null,
      [],
    ];
    for (const key of useless) {
      const { data, errors } = await gateway.ask(ENTITIES, { keys: [good, key, good] });
      // A null is no _Any, so that validation refuses it.
      if (key === null) {
        assert.equal(data, undefined);
        assert.equal(errors[0].extensions.code, "BAD_USER_INPUT");
        continue;
      }
      const ids = data?._entities.map((entity) => entity && entity.id);
      assert.deepEqual(ids, [good.id, null, good.id], JSON.stringify(key));
      const places = errors.map(({ path, extensions }) => [path, extensions.code]);
      assert.deepEqual(places, [[["_entities", 1], "BAD_USER_INPUT"]], JSON.stringify(key));
    }
  });

  test("every error of many says whose it is, in every field of a document", async () => {
    const broken = Array.from({ length: 200 }, (_, index) => (index % 5 === 0 ? { ...keys[0], id: `no id ${index}` } : keys[0]));
    const { data, errors } = await gateway.ask(
      `query($keys: [_Any!]!) {
        _entities(representations: $keys) { __typename }
        again: _entities(representations: $keys) { __typename }
      }`,
      { keys: broken },
    );
    for (const field of ["_entities", "again"]) {
      const nulls = data[field].flatMap((entity, index) => (entity === null ? [index] : []));
      assert.equal(nulls.length, 40);
      const places = errors.filter(({ path }) => path[0] === field).map(({ path }) => path[1]);
      assert.deepEqual(places.sort((a, b) => a - b), nulls, field);
    }
  });

  test("an error below an entity says whose it is", async () => {
    const own = await startGateway();
    try {
      const introzy = (await someKeys(own)).Referral.filter((id) => vendorOf(id) === "INTROZY").slice(0, 3);
      await own.fail("introzy");
      const { data, errors } = await own.ask(
        "query($keys: [_Any!]!) { _entities(representations: $keys) { ... on Referral { id notes { totalCount } } } }",
        { keys: introzy.map((id) => ({ __typename: "Referral", id })) },
      );
      assert.deepEqual(data._entities, introzy.map((id) => ({ id, notes: null })));
      const places = errors.map(({ path }) => path).sort();
      assert.deepEqual(places, introzy.map((_, index) => ["_entities", index, "notes"]));
    } finally {
      await own.stop();
    }
  });
});
