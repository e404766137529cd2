/** Whether a request of the page asks the gateway this query. */
export function isQuery(request, name) {
  return new URL(request.url()).pathname === "/graphql" && request.postDataJSON()?.operationName === name;
}
