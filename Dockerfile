# One image for web, worker (APP_MODE) and the operators' commands. docs/image.md says what is in it and why.
ARG NODE_IMAGE=node:24-bookworm-slim

# dist/: plain JavaScript, the same for every processor, so this stage runs on the builder's own.
FROM --platform=$BUILDPLATFORM $NODE_IMAGE AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Nothing that builds needs an install script: native binaries come as packages of their own.
RUN --mount=type=cache,target=/root/.npm --mount=type=secret,id=npmrc,target=/root/.npmrc \
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
COPY nest-cli.json tsconfig.json .swcrc ./
COPY src ./src
COPY tools/build ./tools/build
COPY tools/cli ./tools/cli
RUN node tools/build/main.mts && find dist -name '*.map' -delete

# node_modules for production, with the native binaries of the target's processor: nothing runs under emulation.
FROM --platform=$BUILDPLATFORM $NODE_IMAGE AS dependencies
ARG TARGETARCH
WORKDIR /app
COPY package.json package-lock.json ./
# Node loads neither maps, nor TypeScript, nor read-mes: a third of the bytes. Licences stay.
RUN --mount=type=cache,target=/root/.npm --mount=type=secret,id=npmrc,target=/root/.npmrc \
    case "$TARGETARCH" in amd64) cpu=x64 ;; "") cpu="$(node -p process.arch)" ;; *) cpu="$TARGETARCH" ;; esac \
    && npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error \
       --os=linux --cpu="$cpu" --libc=glibc \
    && find node_modules -type f \( -name '*.map' -o -name '*.[cm]ts' -o -name '*.ts' -o -iname 'readme*.md' \
       -o -iname 'changelog*' -o -iname 'history.md' \) -delete \
    && rm -rf node_modules/.bin node_modules/.package-lock.json \
    && find node_modules -type d -empty -delete

# Settings first, files by how seldom they change. Only COPY: no command of the target's processor runs.
FROM $NODE_IMAGE
ENV NODE_ENV=production
WORKDIR /app
# Mounted over a read-only root; declared, because Fargate gives a volume the owner and mode of the image's own folder.
VOLUME ["/tmp"]
# The official image's `node`, as a number, so that a platform can see that it is not root. It owns no file here.
USER 1000:1000
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "dist/tools/cli/health-probe.js"]
CMD ["node", "--max-semi-space-size=16", "--max-old-space-size=256", "--initial-old-space-size=128", "--no-allocation-site-pretenuring", "--heap-growing-percent=100", "--single-threaded-gc", "dist/src/main.js"]
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json ./
COPY supabase/migrations ./supabase/migrations
COPY --from=build /app/dist ./dist
