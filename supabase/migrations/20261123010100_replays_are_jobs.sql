-- How far a replay has come is told by its job, which has the replay's id.

alter table loopin.webhook_replays
  drop column replayed,
  drop column cursor_received_at,
  drop column cursor_id,
  drop column finished_at;
comment on table loopin.webhook_replays is 'A range of events that is given out again.';
