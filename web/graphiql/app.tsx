import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import "./app.css";
import { explorerPlugin } from "@graphiql/plugin-explorer";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { createRoot } from "react-dom/client";
import defaultQuery from "./default.graphql?raw";
import { fetcher } from "./fetcher";
import { storage } from "./storage";

const explorer = explorerPlugin();
const plugins = [explorer, HISTORY_PLUGIN];

function queryFromUrl() {
  const params = new URLSearchParams(window.location.search);
  const query = params.get("query");
  if (!query) return {};
  // The empty text keeps a linked query from picking up the variables of an earlier visit.
  return { initialQuery: query, initialVariables: params.get("variables") ?? "" };
}

export function mount(root: HTMLElement) {
  createRoot(root).render(
    <GraphiQL
      fetcher={fetcher}
      defaultQuery={defaultQuery.trimEnd()}
      {...queryFromUrl()}
      plugins={plugins}
      visiblePlugin={explorer}
      shouldPersistHeaders={false}
      storage={storage}
    />,
  );
}
