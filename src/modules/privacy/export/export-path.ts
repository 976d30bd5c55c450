import type { JobId, UserId } from '../../../shared/ids';

export const exportPath = (userId: UserId, id: JobId): string => `exports/${userId}/${id}.json`;
