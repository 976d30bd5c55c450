import { AccessTokens } from './access-tokens.mts';
import { type FcmSandboxConfig, type FcmSettings, USUAL_FCM_SETTINGS } from './config.mts';
import { type FcmFaults, fcmFaults } from './faults.mts';
import { FcmLedger } from './ledger.mts';
import { RegistrationTokens } from './tokens.mts';

/** What the routes of the sandbox share. */
export interface FcmState {
  readonly config: FcmSandboxConfig;
  readonly settings: FcmSettings;
  readonly faults: FcmFaults;
  /** Of the token endpoint. */
  readonly tokenFaults: FcmFaults;
  readonly accessTokens: AccessTokens;
  readonly tokens: RegistrationTokens;
  readonly ledger: FcmLedger;
}

export function newState(config: FcmSandboxConfig): FcmState {
  const settings = { ...USUAL_FCM_SETTINGS };
  return {
    config,
    settings,
    faults: fcmFaults(),
    tokenFaults: fcmFaults(),
    accessTokens: new AccessTokens(config, settings),
    tokens: new RegistrationTokens(),
    ledger: new FcmLedger(),
  };
}

export function clear({ settings, faults, tokenFaults, accessTokens, tokens, ledger }: FcmState): void {
  for (const one of [faults, tokenFaults, accessTokens, tokens, ledger]) one.clear();
  Object.assign(settings, USUAL_FCM_SETTINGS);
}
