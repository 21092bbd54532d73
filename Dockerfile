# One file, three images: docker build --target api|worker|dashboard .
# Every command is a script that is run without an engine too: deploy/check-images.mjs.

FROM node:24.21.0-trixie-slim AS build
WORKDIR /muster
# What names the packages, alone: this layer is made anew only when they change.
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY deploy/build-app.sh deploy/
RUN deploy/build-app.sh fetch
COPY . .
RUN deploy/build-app.sh build /out

FROM node:24.21.0-trixie-slim AS runtime
LABEL org.opencontainers.image.title="Muster" org.opencontainers.image.licenses="Apache-2.0"
RUN --mount=type=bind,source=deploy/prepare-runtime.sh,target=/prepare-runtime.sh /prepare-runtime.sh /
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /muster
USER node
STOPSIGNAL SIGTERM
ENTRYPOINT ["node"]
CMD ["dist/main.js"]

# Node's flags are those of `npm start` (apps/standalone/src/roles.ts).
FROM runtime AS api
ENV PORT=8080 NODE_OPTIONS="--max-old-space-size=96 --max-semi-space-size=4"
COPY --from=build /out/api ./
EXPOSE 8080
VOLUME /var/lib/muster/files

FROM runtime AS worker
ENV METRICS_PORT=9100 NODE_OPTIONS="--max-old-space-size=128 --max-semi-space-size=16"
COPY --from=build /out/worker ./
EXPOSE 9100
VOLUME /var/lib/muster/files

FROM runtime AS dashboard
ENV DASHBOARD_PORT=8081 METRICS_PORT=9100 NODE_OPTIONS="--max-old-space-size=128 --max-semi-space-size=4"
COPY --from=build /out/dashboard ./
EXPOSE 8081 9100
