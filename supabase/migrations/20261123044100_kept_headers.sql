-- What a repeated request gets beside the first answer's body.
alter table loopin.idempotency_keys add column headers bytea;
comment on column loopin.idempotency_keys.headers is 'Of the first answer, sealed like its body.';
