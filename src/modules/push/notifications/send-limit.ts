import { byPrincipalOrIp, type RateLimit } from '../../../platform/http/rate-limit';
import { MINUTE } from '../../../shared/clock';

export const SEND_LIMIT: RateLimit = {
  name: 'push',
  points: 600,
  windowSeconds: MINUTE,
  key: byPrincipalOrIp,
};
