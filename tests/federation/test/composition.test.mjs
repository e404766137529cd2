import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { isInputObjectType } from "graphql";
import { scoresSchema } from "../document.mjs";
import { run } from "../gateway.mjs";
import { compose, exported, link } from "../supergraph.mjs";

suite("composition", () => {
  test("the exported schema composes with another subgraph without an error or a hint", () => {
    const { errors, hints, api } = compose(scoresSchema);
    assert.deepEqual({ errors, hints }, { errors: [], hints: [] });
    for (const entity of ["Referral", "Connection", "Engagement"]) {
      const fields = Object.keys(api.getType(entity).getFields());
      assert.ok(fields.includes("score") && fields.includes("remoteId"), `${entity} has the fields of both`);
    }
    assert.ok(api.getType("Person").getFields().email, "the people of the one");
    assert.deepEqual(Object.keys(api.getType("Reviewer").getFields()), ["name"], "are not those of the other");
  });

  test("the exported schema is what the binary prints", () => {
    const { status, stdout } = run("schema");
    assert.equal(status, 0);
    assert.equal(stdout, exported, "run `make schema`");
  });

  test("other subgraphs may point to entities, require their fields, and take fields over", () => {
    const others = [
      `type Query { favourite: Facilitator } type Facilitator @key(fields: "id", resolvable: false) { id: ID! }`,
      `type Referral @key(fields: "id") { id: ID! name: String @external label: String @requires(fields: "name") }`,
      `interface Node { id: ID! } type Query { scored: Node } type Score implements Node @key(fields: "id") { id: ID! }`,
      `scalar DateTime scalar JSON type Query { now: DateTime, settings: JSON }`,
    ];
    for (const other of others) {
      const { errors, hints } = compose(link + other);
      assert.deepEqual({ errors, hints }, { errors: [], hints: [] }, other);
    }
    const override = `type Referral @key(fields: "id") { id: ID! description: String @override(from: "referrals") }`;
    const { errors, hints } = compose(link + override);
    assert.deepEqual(errors, []);
    assert.deepEqual(hints.map((hint) => hint.split(":")[0]), ["OVERRIDDEN_FIELD_CAN_BE_REMOVED Referral.description"]);
  });

  test("names that are taken are refused with the reason", () => {
    const taken = (other) => compose(link + other).errors.map((error) => error.split(" is resolved")[0]);
    assert.deepEqual(taken("type Query { me: Person } type Person { name: String! }"), [
      'INVALID_FIELD_SHARING: Non-shareable field "Person.name"',
    ]);
    assert.deepEqual(
      taken('interface Node { id: ID! } type Query { node(id: ID!): Node } type A implements Node @key(fields: "id") { id: ID! }'),
      ['INVALID_FIELD_SHARING: Non-shareable field "Query.node"'],
    );
  });

  test("composition drops @oneOf and keeps @specifiedBy", () => {
    const { api } = compose(scoresSchema);
    const inputs = (schema) => Object.values(schema.getTypeMap()).filter((type) => isInputObjectType(type) && type.isOneOf);
    assert.deepEqual(inputs(api).map(({ name }) => name), [], "the document says that it is dropped");
    assert.match(exported, /input NewReferral @oneOf/);
    assert.ok(api.getType("DateTime").specifiedByURL);
  });
});
