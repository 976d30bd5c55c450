-- What keeps a redrive from being tried for ever.
alter table loopin.dead_letter_actions
  add column failures integer not null default 0,
  add column failure text;
comment on column loopin.dead_letter_actions.failures is 'How often in a row its batch failed; after ten it is given up.';
comment on column loopin.dead_letter_actions.failure is 'Why the last of them did: kept where it was given up.';
