import { type AnyVariables, type DocumentInput, stringifyDocument } from "urql";

// The page says where it is; a gateway that serves none leaves that out.
const address = document.querySelector<HTMLMetaElement>('meta[name="graphiql"]')?.content;

/** Where GraphiQL opens with this operation; null where there is no GraphiQL. */
export function graphiqlLink<Variables extends AnyVariables>(
  document: DocumentInput<unknown, Variables>,
  variables?: Variables,
): string | null {
  if (!address) return null;
  const search = new URLSearchParams({ query: stringifyDocument(document) });
  if (variables) search.set("variables", JSON.stringify(variables, null, 2));
  return `${address}?${search}`;
}
