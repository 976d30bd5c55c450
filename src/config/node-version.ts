const OLDEST = 24;

/** Ends the process with one line that says what to do when this Node is too old for the code. */
export function assertNodeVersion(): void {
  if (Number(process.versions.node.split('.')[0]) >= OLDEST) return;
  process.stderr.write(
    `Node ${OLDEST} or newer is needed, this is ${process.version}. Use the npm scripts: they run the pinned Node.\n`,
  );
  process.exit(1);
}
