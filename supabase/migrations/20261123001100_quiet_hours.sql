-- Quiet hours by a person's own wall clock, and the order of a feed.

create function loopin.quiet_until(at timestamptz, quiet_start time, quiet_end time, zone text) returns timestamptz
language plpgsql stable strict parallel safe
as $$
declare
  instant timestamptz := at;
  wall timestamp := at at time zone zone;
  step interval;
  even bigint;
  shifted bigint;
  middle bigint;
begin
  -- one round for each change of the clock on the way; mostly there is none
  for attempt in 1..16 loop
    if quiet_start <= quiet_end then
      exit when wall::time < quiet_start or wall::time >= quiet_end;
    else
      exit when wall::time < quiet_start and wall::time >= quiet_end;
    end if;
    -- in hours: a day may have 23 or 25 of them
    step := quiet_end - wall::time;
    if step <= interval '0' then
      step := step + interval '24 hours';
    end if;
    if (instant + step) at time zone zone = wall + step then
      return instant + step;
    end if;
    -- the clock is changed on the way, and that moment may be outside already: clocks change on whole seconds
    even := floor(extract(epoch from instant));
    shifted := ceil(extract(epoch from instant + step));
    while shifted - even > 1 loop
      middle := (even + shifted) / 2;
      if to_timestamp(middle) at time zone zone = wall + (to_timestamp(middle) - instant) then
        even := middle;
      else
        shifted := middle;
      end if;
    end loop;
    instant := to_timestamp(shifted);
    wall := instant at time zone zone;
  end loop;
  return nullif(instant, at);
end
$$;
comment on function loopin.quiet_until is
  'Null outside quiet hours, else the first instant after it that is outside. The end is outside; an equal start is no quiet hours.';

create function loopin.knows_time_zone(zone text) returns boolean
language plpgsql stable strict
as $$
begin
  perform timestamptz '2000-01-01 00:00:00Z' at time zone zone;
  return true;
exception
  when invalid_parameter_value then
    return false;
end
$$;
comment on function loopin.knows_time_zone is
  'Asked before a zone is stored: the names known here and in the code come from different releases.';

revoke all on function loopin.quiet_until, loopin.knows_time_zone from public;
grant execute on function loopin.quiet_until, loopin.knows_time_zone to loopin_app;

create index inbox_items_feed on loopin.inbox_items (user_id, created_at desc, notification_id desc);
