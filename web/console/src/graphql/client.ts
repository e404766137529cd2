import { Client, fetchExchange, mapExchange } from "urql";
import { normalizedCache } from "./cache";
import { hasCode } from "./failure";

interface Options {
  key: string | null;
  onUnauthenticated: () => void;
}

export function newClient({ key, onUnauthenticated }: Options) {
  return new Client({
    url: "/graphql",
    preferGetMethod: false,
    fetchOptions: () => ({
      headers: {
        accept: "application/graphql-response+json, application/json",
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      },
    }),
    exchanges: [
      mapExchange({
        onError(error) {
          if (hasCode(error, "UNAUTHENTICATED")) onUnauthenticated();
        },
      }),
      normalizedCache(),
      fetchExchange,
    ],
  });
}
