import { Logger } from '@nestjs/common';
import { PgSilentDeviceStore } from '../../src/modules/devices/pg-silent-device.store';
import { SilentDevices } from '../../src/modules/devices/silent-devices';
import { DAY } from '../../src/shared/clock';
import { AudienceRows } from '../support/audience-rows';
import { Services } from '../support/services';
import { TestClock } from '../support/test-clock';

jest.setTimeout(60_000);

const PEOPLE = 1_200;

describe('devices that were silent for long', () => {
  let services: Services;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    services = await Services.start();
    await new AudienceRows(services).people('s', PEOPLE);
  });
  afterAll(() => services.stop());

  const ended = () =>
    services.sql(
      "select from loopin.devices where push_target is null and push_end_reason = 'dead' and push_ended_at > now()",
    );

  it('lose their push target on day 270, all of them, and no other does', async () => {
    const clock = new TestClock();
    const devices = new SilentDevices(new PgSilentDeviceStore(services.database()), clock);
    await services.sql(
      "update loopin.devices set last_seen_at = now() + interval '1 day' where device_id = md5('sd1')::uuid",
    );
    clock.forward(269 * DAY);
    await devices.endPush();
    expect(await ended()).toHaveLength(0);
    clock.forward(DAY + 60);
    await devices.endPush();
    expect(await ended()).toHaveLength(PEOPLE - 1);
  });
});
