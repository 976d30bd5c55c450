/** Calls `orphaned` once, soon after the process that started this one is gone (it was killed, for instance). */
export function watchParent(orphaned: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    orphaned();
  }, 500);
  timer.unref();
}
