# Narthex in a container: Node and some 6 MB of our own. The bundles in dist are made by `npm run build`.
# Another image with Node 20 or later does, too: --build-arg NODE_IMAGE=node:22-alpine
ARG NODE_IMAGE=node:22-bookworm-slim
FROM ${NODE_IMAGE}
COPY package.json LICENSE /narthex/
COPY bin/ /narthex/bin/
COPY dashboards/ /narthex/dashboards/
COPY dist/ /narthex/dist/
WORKDIR /data
VOLUME /data
EXPOSE 9090
ENV NODE_ENV=production
# Asks for /-/healthy where the command line says that the server listens.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["node", "/narthex/bin/narthex-image", "healthcheck"]
# Adds --config.file=/etc/narthex/prometheus.yml where there is one (else: zero configuration), --storage.tsdb.path=/data,
# --host.procfs=/host/proc and the like where they are mounted; becomes a user without rights. See docs/deploy/docker.md.
ENTRYPOINT ["node", "/narthex/bin/narthex-image"]
