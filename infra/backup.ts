import type { Ground } from './ground';

/** Placeholder until the tasks are written. */
export function createBackups(_ground: Ground, _topic: aws.sns.Topic | undefined): void {}
