// Imported first by every entry point, and preloaded by the npm scripts (`node --import ./tools/node-version.mjs …`)
// so that an old Node, which cannot even parse our TypeScript, still ends in one clear line.
// Plain JavaScript that Node 12 can parse: no newer syntax here.

const OLDEST_MAJOR = 24;

if (Number(process.versions.node.split('.')[0]) < OLDEST_MAJOR) {
  process.stderr.write(
    `loopin-backend needs Node ${OLDEST_MAJOR} or newer, and this is ${process.version} (${process.execPath}): ` +
      'run `npm ci`, which installs the right one, then start it by its script (`npm run dev`, `npm test`, …).\n',
  );
  process.exit(1);
}
