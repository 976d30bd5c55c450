-- When somebody wants to be left alone, in their own time zone.

create function loopin.quiet_until(at timestamptz, quiet_start time, quiet_end time, zone text)
returns timestamptz
language sql
stable
as $$
  select case
    when quiet_start < quiet_end and l.clock >= quiet_start and l.clock < quiet_end
      then (l.day + quiet_end) at time zone zone
    when quiet_start > quiet_end and l.clock >= quiet_start
      then (l.day + 1 + quiet_end) at time zone zone
    when quiet_start > quiet_end and l.clock < quiet_end
      then (l.day + quiet_end) at time zone zone
  end
  from (
    select (at at time zone zone)::date as day, (at at time zone zone)::time as clock
  ) l
$$;
comment on function loopin.quiet_until is 'The first instant after `at` that is outside the quiet hours; null where it is outside already.';
revoke all on function loopin.quiet_until from public;
grant execute on function loopin.quiet_until to loopin_app;
