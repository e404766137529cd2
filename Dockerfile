# One image for the gateway and for the sandbox alone; see docker-compose.yml.

FROM node:22-bookworm-slim AS web
WORKDIR /build/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund --loglevel=error
# The console's types are made from it.
COPY schema.graphql /build/
COPY web/ ./
RUN npm run build

FROM rust:1.95-slim-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends cmake g++ make && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY Cargo.toml Cargo.lock ./
COPY src/ src/
COPY benches/ benches/
COPY --from=web /build/web/dist/ web/dist/
RUN cargo build --release --locked && mkdir /data

# No shell, not root, and the certificates that vendors are checked against.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /build/target/release/referral-gateway /usr/local/bin/referral-gateway
COPY --from=build --chown=nonroot:nonroot /data /data
ENV REFERRAL_GATEWAY_DATA_DIR=/data
VOLUME /data
EXPOSE 4000 4010
ENTRYPOINT ["/usr/local/bin/referral-gateway"]
CMD ["serve"]
