-- A chunk's result is written once, on the chunk: a recipient's row says only what deviates from it.

alter table loopin.push_chunks
  add column members_state text check (members_state in ('sent', 'failed', 'invalid')),
  add column members_reason text,
  add column settled_at timestamptz;
comment on column loopin.push_chunks.members_state is
  'What became of the members whose own rows are still pending; null until the chunk has its result.';

-- rows are changed again only where they deviate, or are sent to one by one
alter table loopin.push_deliveries set (fillfactor = 85);
comment on column loopin.push_deliveries.state is
  'Its own; a pending row of a settled chunk has the state of that: read it from loopin.push_recipients.';

create view loopin.push_recipients with (security_invoker = true) as
select d.notification_id, d.target, d.chunk, d.user_id, d.device_id, d.provider, d.variant, d.not_before, d.tried_at,
       case when d.state = 'pending' and c.members_state is not null then c.members_state else d.state end as state,
       case when d.state = 'pending' and c.members_state is not null then c.members_reason else d.reason end as reason,
       case when d.state = 'pending' and c.members_state is not null then c.settled_at else d.updated_at end as updated_at
from loopin.push_deliveries d
left join loopin.push_chunks c on c.notification_id = d.notification_id and c.chunk = d.chunk;
comment on view loopin.push_recipients is 'Each recipient of a notification with its state, reason and the time of both.';
revoke all on loopin.push_recipients from public;
grant select on loopin.push_recipients to loopin_app;

-- one index for the feed, its order, one item of it and what is unread: four of them cost more than the rows, and a
-- feed ends after 90 days
alter table loopin.inbox_items
  drop constraint inbox_items_pkey,
  add primary key (user_id, created_at, notification_id);
drop index loopin.inbox_items_unread;
drop index loopin.inbox_items_feed;
