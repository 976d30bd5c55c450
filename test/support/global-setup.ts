import { SHARED_STACKS, temporaryFolder } from './shared-stack';

/** Where the spec files of this jest run find the stacks that they share: none is started before one asks for it. */
function setUp(): void {
  process.env[SHARED_STACKS] ??= temporaryFolder();
}

export = setUp;
