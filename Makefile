# `make run` and `make test` are all that a newcomer needs; the rest are their parts.

.PHONY: run test fuzz lint schema web screenshots test-rust test-web test-federation test-clients release sbom

# Builds the web part, then starts the gateway with the sandbox: no credentials, no network.
run: web
	cargo run -- serve --sandbox

# Everything that must hold before a change is taken.
test: lint test-rust test-web test-federation test-clients

# The readers of what comes from outside, under libFuzzer, a minute each. Needs cargo-fuzz; see scripts/fuzz.
fuzz:
	scripts/fuzz

lint:
	cargo fmt --check
	cargo clippy --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --locked --document-private-items
	if cargo deny --version >/dev/null 2>&1; then cargo deny --config .deny.toml check licenses bans sources; \
	else echo "cargo-deny is not installed: dependencies are not checked (cargo install cargo-deny --locked)"; fi

# cargo-nextest where it is installed, for its speed; plain cargo otherwise.
test-rust:
	if cargo nextest --version >/dev/null 2>&1; then cargo nextest run --locked && cargo test --locked --doc; else cargo test --locked; fi

# The console and GraphiQL in a real browser, against a gateway with the sandbox. Needs Chromium; see scripts/test-web.
test-web: web
	scripts/test-web

# The schema in a supergraph, with Apollo's own programs. Needs Node.js alone; see scripts/test-federation.
test-federation:
	scripts/test-federation

# Apollo Client, urql, Relay, graphql-codegen, gql.tada and graphql-inspector, and the queries of docs/schema.md, against a
# gateway with the sandbox.
test-clients:
	scripts/test-clients

# Writes the files that are made from the code: the schema and the reference of the configuration.
schema:
	cargo run --locked -- schema > schema.graphql.new && mv schema.graphql.new schema.graphql
	cargo run --locked -- config-schema > docs/config.schema.json.new && mv docs/config.schema.json.new docs/config.schema.json

# The console and GraphiQL, bundled into web/dist. A release build embeds them; a debug build reads them from there.
web: web/dist/console/index.html

WEB_SOURCES := $(shell find web/console web/graphiql web/scripts -type f -not -path '*/generated/*')

# Some parts of the code generator ask for a newer Node.js than they need.
web/dist/console/index.html: web/package-lock.json web/vite.config.ts web/codegen.yml schema.graphql $(WEB_SOURCES)
	cd web && npm ci --no-audit --no-fund --loglevel=error && npm run build
	touch src/http/assets.rs

# The README's pictures of the console, anew: docs/images/. Needs Chromium.
screenshots: web
	scripts/screenshots

release: web
	cargo build --release --locked

# What is in a release, in CycloneDX: target/sbom/. Needs cargo-cyclonedx.
sbom:
	scripts/sbom
