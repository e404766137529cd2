// The checks of @apollo/federation-subgraph-compatibility, of what applies to this schema.

import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { Kind, parse, print, stripIgnoredCharacters, visit } from "graphql";
import { someKeys, startGateway } from "../gateway.mjs";
import { scoresSchema } from "../document.mjs";
import { compose, exported } from "../supergraph.mjs";

const ENTITIES = ["Referral", "Facilitator", "Connection", "Engagement"];

/** A schema without what may differ: how descriptions are quoted, and the order of definitions. */
function essence(sdl, { specifiedBy = true } = {}) {
  const document = visit(parse(sdl), {
    StringValue: (node) => ({ ...node, block: false }),
    Directive: (node) => (!specifiedBy && node.name.value === "specifiedBy" ? null : undefined),
    // The exported schema carries the link on a definition, which more tools read than an extension; both say the same.
    SchemaDefinition: (node) => ({ ...node, kind: "SchemaExtension", operationTypes: [] }),
  });
  const definitions = document.definitions.filter((node) => node.kind !== Kind.DIRECTIVE_DEFINITION);
  return definitions.map(print).sort();
}

suite("federation support", () => {
  let gateway;
  let sdl;

  before(async () => {
    gateway = await startGateway();
    sdl = (await gateway.ask("{ _service { sdl } }")).data._service.sdl;
  });

  after(() => gateway?.stop());

  test("_service tells the exported schema, but for @specifiedBy", () => {
    assert.deepEqual(essence(sdl), essence(exported, { specifiedBy: false }));
    assert.notDeepEqual(essence(sdl), essence(exported), "_service tells @specifiedBy now: say so in the document");
  });

  test("_service tells a schema that composes", () => {
    const { errors, hints } = compose(scoresSchema, sdl);
    assert.deepEqual({ errors, hints }, { errors: [], hints: [] });
  });

  test("_service and _entities are in the schema, and not in the SDL", async () => {
    const { data } = await gateway.ask(`{
      __schema { queryType { fields { name type { kind ofType { kind name ofType { kind name } } } } } }
      any: __type(name: "_Any") { kind }
      entity: __type(name: "_Entity") { kind possibleTypes { name } }
      service: __type(name: "_Service") { kind fields { name type { name } } }
    }`);
    const fields = data.__schema.queryType.fields;
    const type = (name) => fields.find((field) => field.name === name).type;
    assert.deepEqual(type("_service"), { kind: "NON_NULL", ofType: { kind: "OBJECT", name: "_Service", ofType: null } });
    assert.deepEqual(type("_entities"), {
      kind: "NON_NULL",
      ofType: { kind: "LIST", name: null, ofType: { kind: "UNION", name: "_Entity" } },
    });
    assert.equal(data.any.kind, "SCALAR");
    assert.deepEqual(data.entity.possibleTypes.map(({ name }) => name).sort(), [...ENTITIES].sort());
    assert.deepEqual(data.service.fields, [{ name: "sdl", type: { name: "String" } }]);
    assert.doesNotMatch(sdl, /_entities|_service|_Any|_Entity|_Service/);
  });

  test("@link: one, of the federation specification", () => {
    const links = stripIgnoredCharacters(sdl).match(/@link\([^)]*\)/g);
    assert.equal(links.length, 1);
    assert.match(links[0], /url:"https:\/\/specs\.apollo\.dev\/federation\/v2\.5"/);
    assert.match(links[0], /"@key"/);
  });

  test("@key: id of the four entities, and of nothing else", () => {
    const keyed = [];
    visit(parse(sdl), {
      ObjectTypeDefinition({ name, directives }) {
        for (const directive of directives.filter(({ name }) => name.value === "key")) {
          keyed.push(`${name.value} ${print(directive)}`);
        }
      },
    });
    assert.deepEqual(keyed.sort(), ENTITIES.map((entity) => `${entity} @key(fields: "id")`).sort());
  });

  test("@key: each entity is found by it", async () => {
    const keys = await someKeys(gateway);
    for (const entity of ENTITIES) {
      const id = keys[entity][0];
      const { data, errors } = await gateway.ask(
        `query($keys: [_Any!]!) { _entities(representations: $keys) { __typename ... on ${entity} { id vendor } } }`,
        { keys: [{ __typename: entity, id }] },
      );
      assert.equal(errors, undefined);
      assert.equal(data._entities.length, 1);
      assert.deepEqual([data._entities[0].__typename, data._entities[0].id], [entity, id]);
    }
  });

  test("@shareable: PageInfo", () => {
    const shared = [];
    visit(parse(sdl), {
      Directive({ name }, _key, _parent, _path, ancestors) {
        if (name.value === "shareable") shared.push(ancestors.findLast((node) => node.name)?.name.value);
      },
    });
    assert.deepEqual([...new Set(shared)], ["PageInfo"]);
  });

  test("directives that do not apply are not in use", () => {
    const used = new Set();
    visit(parse(sdl), { Directive: ({ name }) => void used.add(name.value) });
    assert.deepEqual([...used].sort(), ["key", "link", "oneOf", "shareable"]);
  });

  test("ftv1: a request for traces is answered without", async () => {
    const answer = await fetch(gateway.url, {
      method: "POST",
      headers: { "content-type": "application/json", "apollo-federation-include-trace": "ftv1" },
      body: JSON.stringify({ query: "{ vendors { vendor } }" }),
    });
    const { data, extensions } = await answer.json();
    assert.equal(data.vendors.length, 4);
    assert.equal(extensions?.ftv1, undefined);
  });
});
