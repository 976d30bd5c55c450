-- A long queue of one kind of job must cost nothing to a worker that looks for others.

create index jobs_name_wake on loopin.jobs (name, wake_at) where wake_at is not null;
