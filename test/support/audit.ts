import type { TestStack } from './test-stack';

/** What the audit log says of something, oldest first; `actions` is a LIKE pattern. */
export async function auditOf(
  stack: TestStack,
  target: string,
  actions = '%',
): Promise<{ actor: string; action: string }[]> {
  return stack.sql<{ actor: string; action: string }>(
    `select actor, action from loopin.audit_events
     where target = $1 and action like $2 order by occurred_at, id`,
    [target, actions],
  );
}

/** The actions alone, on a user. */
export async function auditOfUser(stack: TestStack, userId: string, actions?: string): Promise<string[]> {
  return (await auditOf(stack, `user:${userId}`, actions)).map(({ action }) => action);
}
