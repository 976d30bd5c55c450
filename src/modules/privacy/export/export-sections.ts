/** What an export says of a person under one heading: rows of one table that belong to them. */
export interface ExportSection {
  readonly name: string;
  readonly table: string;
  /** Whose row it is. */
  readonly owner: string;
  /** Unique among the rows of one person. */
  readonly key: string;
  /** Of the table `t`; secrets and hashes of them are no information about anybody. */
  readonly columns: readonly string[];
  /** Further tables, with the columns that they give. */
  readonly join?: { readonly sql: string; readonly columns: readonly string[] };
}

export const EXPORT_SECTIONS: readonly ExportSection[] = [
  {
    name: 'profile',
    table: 'loopin.users',
    owner: 'id',
    key: 'id',
    columns: ['id', 'email', 'display_name', 'roles', 'mfa_enabled', 'password_changed_at', 'created_at'],
  },
  {
    name: 'identities',
    table: 'loopin.identities',
    owner: 'user_id',
    key: 'id',
    columns: ['provider', 'subject', 'email', 'created_at'],
  },
  {
    name: 'formerAddresses',
    table: 'loopin.email_undos',
    owner: 'user_id',
    key: 'changed_at',
    columns: ['old_email', 'changed_at'],
  },
  {
    name: 'addressChanges',
    table: 'loopin.email_changes',
    owner: 'user_id',
    key: 'user_id',
    columns: ['new_email', 'expires_at'],
  },
  {
    name: 'sessions',
    table: 'loopin.sessions',
    owner: 'user_id',
    key: 'id',
    columns: [
      'id',
      'device_id',
      'aal',
      'amr',
      'authenticated_at',
      'created_at',
      'last_used_at',
      'expires_at',
      'revoked_at',
      'revoke_reason',
    ],
  },
  {
    name: 'devices',
    table: 'loopin.devices',
    owner: 'user_id',
    key: 'id',
    columns: [
      'device_id',
      'platform',
      'app_version',
      'os_version',
      'model',
      'locale',
      'timezone',
      'fingerprint',
      'push_provider',
      'push_target',
      'fallback_provider',
      'fallback_target',
      'signing_key',
      'created_at',
      'last_seen_at',
    ],
  },
  {
    name: 'preferences',
    table: 'loopin.push_preferences',
    owner: 'user_id',
    key: 'user_id',
    columns: ['opted_out', 'quiet_start', 'quiet_end', 'timezone', 'updated_at'],
  },
  {
    name: 'topics',
    table: 'loopin.push_topic_subscriptions',
    owner: 'user_id',
    key: 'topic',
    columns: ['topic', 'created_at'],
  },
  {
    name: 'countedNotifications',
    table: 'loopin.push_category_sends',
    owner: 'user_id',
    key: 'category',
    columns: ['category', 'sent_at'],
  },
  {
    name: 'notifications',
    table: 'loopin.inbox_items',
    owner: 'user_id',
    key: 'notification_id',
    columns: ['notification_id', 'created_at', 'read_at'],
    join: {
      sql: 'join loopin.push_notifications n on n.id = t.notification_id',
      columns: ['n.category', 'coalesce(n.localizations->t.variant, n.content) as content'],
    },
  },
  {
    name: 'files',
    table: 'loopin.media',
    owner: 'user_id',
    key: 'id',
    columns: ['id', 'purpose', 'content_type', 'bytes', 'status', 'created_at'],
  },
];
