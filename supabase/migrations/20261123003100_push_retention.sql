-- The recipients and chunks of a notification go after a while; how many there were of each state stays.

alter table loopin.push_notifications
  add column kept_counts jsonb not null default '{}',
  add column details_expired_at timestamptz;
comment on column loopin.push_notifications.kept_counts is 'Recipients by state whose rows are gone; those that are there are counted.';
comment on column loopin.push_notifications.details_expired_at is 'When the last of its recipients and its chunks were deleted.';
create index push_notifications_details on loopin.push_notifications (created_at) where details_expired_at is null;

-- what is asked of a notification after each of its commits, and, for those whose asker died, every minute
create index push_chunks_waiting on loopin.push_chunks (notification_id) where state in ('open', 'pending');
create index push_notifications_sending on loopin.push_notifications (audience_resolved_at) where status = 'sending';
