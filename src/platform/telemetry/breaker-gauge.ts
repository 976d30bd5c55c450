import { type CircuitBreakerPolicy, CircuitState } from 'cockatiel';
import { gauge } from './meter';

const OPEN: Readonly<Record<CircuitState, number>> = {
  [CircuitState.Closed]: 0,
  [CircuitState.HalfOpen]: 0.5,
  [CircuitState.Open]: 1,
  [CircuitState.Isolated]: 1,
};

/** Shows the state of a circuit breaker under its name. */
export function watchBreaker(breaker: string, policy: Pick<CircuitBreakerPolicy, 'state'>): void {
  gauge('loopin_breaker_open', breaker, () => [{ labels: { breaker }, value: OPEN[policy.state] }]);
}
