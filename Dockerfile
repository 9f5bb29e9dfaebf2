# The operator's image: the bundle on a Node without shell or package manager. Not built in CI (no Docker there); a test
# runs the same bundle as uid 65532 on a read-only tree with the same arguments.
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

FROM gcr.io/distroless/nodejs24-debian13:nonroot
COPY --from=build /src/dist/apptraffic.cjs /apptraffic.cjs
USER 65532:65532
# Three quarters of the memory limit in config/manager/deployment.yaml.
ENTRYPOINT ["/nodejs/bin/node", "--max-old-space-size=384", "/apptraffic.cjs"]
CMD ["operator"]
