import type { SandboxConfig, Settings } from './config.mts';
import type { OneSignalFaults } from './faults.mts';
import type { Provider } from './provider.mts';

/** What the routes of the sandbox share. */
export interface SandboxState {
  readonly config: SandboxConfig;
  readonly settings: Settings;
  readonly faults: OneSignalFaults;
  readonly provider: Provider;
}
