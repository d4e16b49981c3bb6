# Narthex in a container. The bundles in dist are made by `npm run build`.
FROM node:22-bookworm-slim
COPY package.json /narthex/
COPY bin/ /narthex/bin/
COPY dist/ /narthex/dist/
WORKDIR /data
VOLUME /data
EXPOSE 9090
# The host name that stands in place of DOCKER_HOST in a configuration's targets.
ENV NODE_ENV=production
HEALTHCHECK --interval=5s --timeout=3s --retries=5 CMD ["node", "-e", "fetch('http://127.0.0.1:9090/-/healthy').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/narthex/bin/narthex"]
CMD ["--config.file=/etc/narthex/prometheus.yml", "--storage.tsdb.path=/data", "--web.enable-lifecycle"]
