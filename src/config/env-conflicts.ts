/** Names and values as they were given; nothing that is empty. */
type Given = Readonly<Record<string, string | undefined>>;

/** What a stage refuses: it is for a developer's machine. */
export const LOCAL_ONLY = [
  'CLOCK_OFFSET_FILE',
  'SQS_ENDPOINT',
  'OUTBOUND_ALLOW',
  'APPLE_ISSUER_URL',
  'GOOGLE_ISSUER_URL',
  'FCM_API_URL',
  'FCM_CA',
  'ARCHIVE_ENDPOINT',
];

/** What Apple knows us by is of use as a whole only. */
export function halfGiven(given: Given): string[] {
  const names = ['APPLE_TEAM_ID', 'APPLE_KEY_ID', 'APPLE_PRIVATE_KEY'];
  const missing = names.filter((name) => given[name] === undefined);
  if (missing.length === names.length) return [];
  return missing.map((name) => `${name} is missing beside the other APPLE_ variables`);
}

/** What a stage forbids whatever the mode: a moved clock or loosened limits outside a developer's machine. */
export function stageConflicts(given: Given): string[] {
  const conflicts: string[] = [];
  if (given.STAGE === undefined || given.STAGE === 'local') return conflicts;
  for (const name of LOCAL_ONLY) {
    if (given[name] !== undefined) conflicts.push(`${name} is allowed with STAGE=local only`);
  }
  if (given.STAGE === 'prod' && (given.RATE_LIMIT_SCALE ?? '1') !== '1') {
    conflicts.push('RATE_LIMIT_SCALE must be 1 with STAGE=prod');
  }
  if (given.STAGE === 'prod' && given.METRICS === 'prometheus') {
    conflicts.push('METRICS must be emf or off with STAGE=prod: /metrics asks nobody who they are');
  }
  return conflicts;
}
