# One file, three images: docker build --target api|worker|dashboard .

FROM node:24-slim AS build
WORKDIR /muster
ENV CI=true
RUN npm install --global pnpm@12.21.0
# The packages alone first: this layer is made anew only when the lockfile changes.
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
RUN pnpm fetch
COPY . .
RUN pnpm install --frozen-lockfile --offline && pnpm exec tsc -b apps/api apps/worker apps/dashboard
RUN for app in api worker dashboard; do pnpm --filter "@muster/$app" --prod deploy "/out/$app"; done

FROM node:24-slim AS runtime
ENV NODE_ENV=production
# A volume mounted here takes over this folder's owner.
RUN mkdir -p /var/lib/muster/files && chown -R node:node /var/lib/muster
WORKDIR /muster
USER node
STOPSIGNAL SIGTERM
CMD ["node", "dist/main.js"]

FROM runtime AS api
ENV HOST=0.0.0.0 PORT=8080
COPY --from=build /out/api ./
EXPOSE 8080
VOLUME /var/lib/muster/files

FROM runtime AS worker
ENV HOST=0.0.0.0
COPY --from=build /out/worker ./
EXPOSE 9100
VOLUME /var/lib/muster/files

FROM runtime AS dashboard
ENV HOST=0.0.0.0 DASHBOARD_PORT=8081
COPY --from=build /out/dashboard ./
EXPOSE 8081
