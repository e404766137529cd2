import { defineConfig, type Plugin } from "vite";

const gateway = "http://127.0.0.1:4000";

// The explorer goes on showing the last operation's name for an operation without one: React keeps the text of an
// input whose value becomes undefined.
function clearExplorerName(): Plugin {
  const before = "value: this.props.name,";
  return {
    name: "clear-explorer-name",
    apply: "build",
    transform: {
      filter: { id: /\/graphiql-explorer\/dist\/Explorer\.js$/ },
      handler(code) {
        if (code.split(before).length !== 2) this.error(`expected one "${before}"; see clearExplorerName`);
        return { code: code.replace(before, 'value: this.props.name || "",'), map: null };
      },
    },
  };
}

// In development, the paths of the console's views are its page, as the gateway has it (src/http/mod.rs).
function consolePaths(): Plugin {
  const views = /^\/($|\?|(referrals|engagements)\/|(new|pipeline|status)(\?|$))/;
  return {
    name: "console-paths",
    apply: "serve",
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        if (request.url && views.test(request.url)) request.url = "/console/index.html";
        next();
      });
    },
  };
}

export default defineConfig({
  appType: "mpa",
  base: "/",
  plugins: [clearExplorerName(), consolePaths()],
  build: {
    target: "es2022",
    // The gateway carries the bundle, so the notices of what is bundled have to travel with it.
    license: { fileName: "licenses.md" },
    // For scripts/weigh.mjs.
    manifest: true,
    // Monaco is one large chunk by nature.
    chunkSizeWarningLimit: 3000,
    rolldownOptions: {
      input: { console: "console/index.html", graphiql: "graphiql/index.html" },
      // "use client" in a dependency means nothing without server rendering.
      onLog(level, log, handler) {
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") handler(level, log);
      },
    },
  },
  server: {
    proxy: { "/graphql": gateway },
  },
});
