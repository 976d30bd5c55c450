import { existsSync, watch } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../failure.mts';
import { say } from '../output.mts';

const FOLDERS = ['src', 'tools/cli', 'supabase/migrations'];
/** Editors and `git checkout` write many files in a row. */
const QUIET_MS = 150;

/**
 * Calls `reload` after the sources have changed and been quiet for a moment; never twice at the same time, and once
 * more when something changed meanwhile. Returns a function that ends the watching.
 */
export function watchSources(root: string, reload: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(run, QUIET_MS);
  };
  const run = () => {
    if (running) return changed();
    running = reload().finally(() => {
      running = undefined;
    });
  };
  const folders = FOLDERS.map((folder) => path.join(root, folder)).filter(existsSync);
  // an editor's temporary file that may not be read, say: everything else goes on being watched
  const unwatched = (error: unknown) => say(`not watched: ${messageOf(error)}`);
  const watchers = folders.map((folder) =>
    watch(folder, { recursive: true }, changed).on('error', unwatched),
  );
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
