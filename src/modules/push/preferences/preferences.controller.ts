import { Body, Controller, Get, Put } from '@nestjs/common';
import { SIGNED_IN } from '../../../platform/http/access';
import { CurrentUser, Endpoint } from '../../../platform/http/endpoint';
import { IfMatch, type Precondition } from '../../../platform/http/etag';
import type { UserPrincipal } from '../../../platform/http/principal';
import { PreferencesAnswer, PutPreferencesBody } from './preferences.schema';
import { PreferencesService } from './preferences.service';
import type { Preferences } from './preferences.store';

@Controller('v1/push/preferences')
export class PreferencesController {
  constructor(private readonly preferences: PreferencesService) {}

  @Get()
  @Endpoint({
    summary: 'What the user wants to hear, and when',
    access: SIGNED_IN,
    etag: true,
    answer: PreferencesAnswer,
  })
  async get(@CurrentUser() { userId }: UserPrincipal): Promise<PreferencesAnswer> {
    return toAnswer(await this.preferences.get(userId));
  }

  /** The whole of it: a category that is not named is on. */
  @Put()
  @Endpoint({
    summary: 'Choose what to hear, and when',
    access: SIGNED_IN,
    etag: true,
    answer: PreferencesAnswer,
  })
  async put(
    @CurrentUser() { userId }: UserPrincipal,
    @IfMatch() condition: Precondition,
    @Body() { categories, quietHours }: PutPreferencesBody,
  ): Promise<PreferencesAnswer> {
    const optedOut = Object.keys(categories).filter((name) => categories[name] === false);
    const replaced = await this.preferences.replace(userId, { optedOut, quietHours }, (current) =>
      condition.assert(toAnswer(current)),
    );
    return toAnswer(replaced);
  }
}

const toAnswer = ({ optedOut, quietHours }: Preferences): PreferencesAnswer => ({
  categories: Object.fromEntries(optedOut.map((name) => [name, false])),
  quietHours: quietHours && { start: quietHours.start, end: quietHours.end, timezone: quietHours.timezone },
});
