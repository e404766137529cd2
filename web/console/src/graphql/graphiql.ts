import { type AnyVariables, type DocumentInput, stringifyDocument } from "urql";

/** Where GraphiQL opens with this operation. */
export function graphiqlLink<Variables extends AnyVariables>(
  document: DocumentInput<unknown, Variables>,
  variables?: Variables,
): string {
  const search = new URLSearchParams({ query: stringifyDocument(document) });
  if (variables) search.set("variables", JSON.stringify(variables, null, 2));
  return `/graphiql?${search}`;
}
