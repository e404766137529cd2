// docs/federation.md, snippet by snippet.

import { readFileSync } from "node:fs";

const text = readFileSync(new URL("../../docs/federation.md", import.meta.url), "utf8");

/** Every snippet: its language, its text, and the line that it begins in. */
export const snippets = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map((match) => ({
  language: match[1],
  text: match[2],
  line: text.slice(0, match.index).split("\n").length,
}));

const isSchema = ({ language, text }) => language === "graphql" && text.includes("extend schema");

/** The schema of the second subgraph. */
export const scoresSchema = snippets.find(isSchema).text;

/** What the document asks of the supergraph. */
export const operations = snippets.filter((snippet) => snippet.language === "graphql" && !isSchema(snippet));
