import { createGraphiQLFetcher, type Fetcher } from "@graphiql/toolkit";
import { Kind, parse } from "graphql";

const send = createGraphiQLFetcher({
  url: "/graphql",
  headers: { accept: "application/graphql-response+json, application/json" },
  enableIncrementalDelivery: false,
});

function defines(query: string, operationName: string) {
  try {
    return parse(query).definitions.some(
      (definition) => definition.kind === Kind.OPERATION_DEFINITION && definition.name?.value === operationName,
    );
  } catch {
    return true;
  }
}

// GraphiQL takes note of edits after a pause, so a query run at once would go out under the name of the one before it.
export const fetcher: Fetcher = (params, options) => {
  const { operationName, ...anonymous } = params;
  const known = !operationName || defines(params.query, operationName);
  return send(known ? params : anonymous, options);
};
