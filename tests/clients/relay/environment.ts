import { Environment, type FetchFunction, Network, RecordSource, Store } from "relay-runtime";

export function newEnvironment(url: string): Environment {
  const ask: FetchFunction = async (request, variables) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: request.text, variables }),
    });
    return response.json();
  };
  return new Environment({ network: Network.create(ask), store: new Store(new RecordSource()) });
}
