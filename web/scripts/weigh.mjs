// Says what the console weighs on its way to the browser, and fails when it has become too heavy.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const LIMIT_KB = 600;
const dist = new URL("../dist/", import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));

const files = new Set();
function collect(key) {
  const chunk = manifest[key];
  if (!chunk || files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const name of [...(chunk.css ?? []), ...(chunk.assets ?? [])]) files.add(name);
  for (const next of [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])]) collect(next);
}
collect("console/index.html");

const kilobytes = [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file))).length / 1000, 0);
console.log(`console: ${kilobytes.toFixed(0)} kB compressed in ${files.size} files (limit ${LIMIT_KB} kB)`);
if (kilobytes > LIMIT_KB) process.exit(1);
