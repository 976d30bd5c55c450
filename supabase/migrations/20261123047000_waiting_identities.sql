-- An identity of Apple or Google becomes an account's only once the second factor is passed too: it waits with the sign-in.

alter table loopin.mfa_tokens add column identity_sealed bytea;
comment on column loopin.mfa_tokens.identity_sealed is 'Under the data key: the identity that the sign-in came with, and the code to be exchanged for it.';
