// GraphiQL's history keeps request headers even where header persistence is off; they may hold credentials.
const HISTORY_KEYS = ["graphiql:queries", "graphiql:favorites"];

function withoutHeaders(json: string) {
  return JSON.stringify(JSON.parse(json), (key, value: unknown) => (key === "headers" ? undefined : value));
}

function ownKeys() {
  return Object.keys(localStorage).filter((key) => key.startsWith("graphiql:"));
}

export const storage = {
  getItem: (key: string) => localStorage.getItem(key),
  setItem: (key: string, value: string) =>
    localStorage.setItem(key, HISTORY_KEYS.includes(key) ? withoutHeaders(value) : value),
  removeItem: (key: string) => localStorage.removeItem(key),
  clear: () => ownKeys().forEach((key) => localStorage.removeItem(key)),
  get length() {
    return ownKeys().length;
  },
};
