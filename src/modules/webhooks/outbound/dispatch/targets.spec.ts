import { randomBytes, randomUUID } from 'node:crypto';
import { DAY, secondsAfter } from '../../../../shared/clock';
import type { WebhookEndpointId } from '../../../../shared/ids';
import { decodeKeyring } from '../../../../shared/keyring';
import { EndpointSecrets } from '../sending/endpoint-secrets';
import { newSecret, toSigningKey } from '../sending/signing';
import type { Destination } from './delivery-queue';
import { Targets } from './targets';

const NOW = new Date('2026-11-23T10:00:00Z');

describe('the target of a destination', () => {
  const keyring = decodeKeyring(`1:${randomBytes(32).toString('base64')}`);
  const id = randomUUID() as WebhookEndpointId;
  const at = (secrets: EndpointSecrets, url = 'https://shop.example/hook?a=1'): Destination => ({
    ...{ id, url, failing: false },
    secretsSealed: secrets.seal(keyring, id),
  });
  const [old, current] = [newSecret(), newSecret()];

  it('is where its URL leads, with the keys that are in force', () => {
    const { origin, path, keys } = new Targets(keyring).of(at(EndpointSecrets.of(old)), NOW);
    expect({ origin, path }).toEqual({ origin: 'https://shop.example', path: '/hook?a=1' });
    expect(keys.map((key) => key.equals(toSigningKey(old)))).toEqual([true]);
  });

  it('is opened once', () => {
    const open = jest.spyOn(keyring, 'open');
    const targets = new Targets(keyring);
    const sealed = at(EndpointSecrets.of(old));
    for (let claim = 0; claim < 3; claim += 1)
      targets.of({ ...sealed, secretsSealed: Buffer.from(sealed.secretsSealed) }, NOW);
    expect(open).toHaveBeenCalledTimes(1);
    open.mockRestore();
  });

  it('is another at once when its secret or its URL is', () => {
    const targets = new Targets(keyring);
    const secrets = EndpointSecrets.of(old);
    targets.of(at(secrets), NOW);
    expect(targets.of(at(secrets, 'https://other.example/'), NOW).origin).toBe('https://other.example');
    const { keys } = targets.of(at(secrets.rotated(current, NOW)), NOW);
    expect(keys.map((key) => key.equals(toSigningKey(current)))).toEqual([true, false]);
  });

  it('has the replaced key until its 24 hours are over, however long it was kept', () => {
    const targets = new Targets(keyring);
    const rotated = at(EndpointSecrets.of(old).rotated(current, NOW));
    expect(targets.of(rotated, secondsAfter(NOW, DAY - 1)).keys).toHaveLength(2);
    expect(targets.of(rotated, secondsAfter(NOW, DAY)).keys).toHaveLength(1);
  });
});
