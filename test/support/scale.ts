/** How much a long test does: `TEST_SCALE=full` asks for all of it, which takes minutes more. */
export const scaled = (usual: number, full: number): number =>
  process.env.TEST_SCALE === 'full' ? full : usual;
