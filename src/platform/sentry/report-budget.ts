const WINDOW_MS = 60_000;
/** Of all kinds together, and of one kind: a place that fails a thousand times a minute is one problem. */
const MOST_A_WINDOW = 60;
const MOST_OF_A_KIND = 5;
const MOST_KINDS = 200;

/** How much is reported: an outage must become neither a flood of requests nor a bill. */
export class ReportBudget {
  private readonly kinds = new Map<string, number>();
  private spent = 0;
  private began = Number.NEGATIVE_INFINITY;

  /**
   * @param kind what counts as the same again
   * @param nowMs of a clock that never goes back
   * @returns whether one more may be sent; it counts then
   */
  take(kind: string, nowMs: number): boolean {
    if (nowMs - this.began >= WINDOW_MS) this.begin(nowMs);
    const ofKind = this.kinds.get(kind) ?? 0;
    if (this.spent >= MOST_A_WINDOW || ofKind >= MOST_OF_A_KIND) return false;
    if (this.kinds.size < MOST_KINDS) this.kinds.set(kind, ofKind + 1);
    this.spent += 1;
    return true;
  }

  private begin(nowMs: number): void {
    this.began = nowMs;
    this.spent = 0;
    this.kinds.clear();
  }
}
