-- What operators say to jobs, and what hosts in jobs wait for.

alter table job drop constraint job_gate_check;
alter table job add constraint job_gate_check check (gate in ('OPEN', 'PAUSED', 'STOPPED'));
alter table job add column stop_mode text check (stop_mode in ('DRAIN', 'KILL'));
-- How far its workflow was told of gate_version; behind it, it is told again.
alter table job add column told_version bigint not null default 0;
alter table job add column on_busy text not null default 'QUEUE' check (on_busy in ('QUEUE', 'SKIP', 'REJECT'));
alter table job add column wait_offline_seconds bigint not null default 0;
alter table job add column host_deadline_seconds bigint;
alter table job add column deadline_at timestamptz;
-- A retry opens an ended job again; when it ended first is kept.
alter table job add column first_ended_at timestamptz;
-- Hosts at once that are its fair share now; null is what it asked for.
alter table job add column share integer;
create index job_untold on job (id) where told_version < gate_version;

alter table job_instance add column stop_mode text check (stop_mode in ('DRAIN', 'KILL'));
-- Its first turn, whether anything could be started or not.
alter table job_instance add column begun_at timestamptz;
alter table job_instance add column fingerprint text;
alter table job_instance add column retries integer not null default 0;
create index job_instance_failures on job_instance (job_id, fingerprint) where fingerprint is not null;

-- What became of a host's part before it was retried.
create table earlier_outcome (
  job_id bigint not null,
  ordinal integer not null,
  retry integer not null,
  outcome text not null,
  reason text,
  proof text,
  detail text,
  fingerprint text,
  step integer not null,
  execution integer not null,
  ended_at timestamptz,
  primary key (job_id, ordinal, retry),
  foreign key (job_id, ordinal) references job_instance (job_id, ordinal)
);

-- The texts of runbooks that jobs are pinned to.
create table runbook (digest text primary key, type text not null, text text not null);

-- Nothing is started in a held area until it is lifted.
create table hold (
  id bigint generated always as identity primary key,
  area text not null check (area in ('EVERYTHING', 'BUSINESS', 'CLOUD')),
  target bigint,
  mode text not null check (mode in ('DRAIN', 'KILL')),
  why text not null default '',
  caller text not null,
  app text not null,
  since timestamptz not null default now(),
  lifted_at timestamptz,
  check ((area = 'EVERYTHING') = (target is null))
);
create index hold_in_force on hold (area, target) where lifted_at is null;

-- Who did what and when: written in the transaction of what it tells of, and never changed.
create table audit (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  caller text not null,
  app text not null,
  verb text not null,
  job_id bigint,
  businesses bigint[] not null default '{}',
  selection_digest text,
  runbook_digest text,
  what jsonb not null default '{}'
);
create index audit_by_job on audit (job_id, id) where job_id is not null;

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end
$$;
create trigger audit_is_append_only before update or delete or truncate on audit
  for each statement execute function refuse_change();

insert into audit (at, caller, app, verb, job_id, businesses)
select c.at, c.caller, c.app, c.verb, c.job_id, j.businesses from control c join job j on j.id = c.job_id order by c.at;
update job set told_version = gate_version
where not exists (select 1 from control c where c.job_id = job.id and c.told_at is null);
drop table control;

-- Every transition there is; any other is refused.
create table transition (of text not null, before text not null, after text not null, primary key (of, before, after));
insert into transition (of, before, after)
values
  ('JOB', 'PENDING', 'RUNNING'),
  ('JOB', 'PENDING', 'FAILED'),
  ('JOB', 'RUNNING', 'SUCCEEDED'),
  ('JOB', 'RUNNING', 'FAILED'),
  ('JOB', 'RUNNING', 'PARTIALLY_FAILED'),
  ('JOB', 'FAILED', 'RUNNING'),
  ('JOB', 'PARTIALLY_FAILED', 'RUNNING'),
  ('GATE', 'OPEN', 'PAUSED'),
  ('GATE', 'OPEN', 'STOPPED'),
  ('GATE', 'PAUSED', 'OPEN'),
  ('GATE', 'PAUSED', 'STOPPED'),
  ('GATE', 'STOPPED', 'OPEN'),
  ('INSTANCE', 'UNFINISHED', 'SUCCEEDED'),
  ('INSTANCE', 'UNFINISHED', 'FAILED'),
  ('INSTANCE', 'UNFINISHED', 'UNREACHABLE'),
  ('INSTANCE', 'UNFINISHED', 'TIMED_OUT'),
  ('INSTANCE', 'UNFINISHED', 'SKIPPED'),
  ('INSTANCE', 'UNFINISHED', 'STOPPED'),
  ('INSTANCE', 'FAILED', 'UNFINISHED'),
  ('INSTANCE', 'UNREACHABLE', 'UNFINISHED'),
  ('INSTANCE', 'TIMED_OUT', 'UNFINISHED'),
  ('INSTANCE', 'STOPPED', 'UNFINISHED');

create function refuse_transition(what text, old_state text, new_state text) returns void language plpgsql as $$
begin
  if not exists (select 1 from transition where of = what and before = old_state and after = new_state) then
    raise exception '% cannot become % after %', what, new_state, old_state using errcode = 'check_violation';
  end if;
end
$$;

create function check_job() returns trigger language plpgsql as $$
begin
  if old.state <> new.state then
    perform refuse_transition('JOB', old.state, new.state);
  end if;
  if old.gate <> new.gate then
    perform refuse_transition('GATE', old.gate, new.gate);
  end if;
  return new;
end
$$;
create trigger job_transitions before update of state, gate on job for each row
  when (old.state is distinct from new.state or old.gate is distinct from new.gate) execute function check_job();

create function check_instance() returns trigger language plpgsql as $$
begin
  perform refuse_transition('INSTANCE', coalesce(old.outcome, 'UNFINISHED'), coalesce(new.outcome, 'UNFINISHED'));
  return new;
end
$$;
create trigger instance_transitions before update of outcome on job_instance for each row
  when (old.outcome is distinct from new.outcome) execute function check_instance();

-- What is said of whatever waits for a hold.
create function hold_note(caller text, since timestamptz, why text) returns text language sql immutable as $$
  select 'emergency stop by ' || caller || ' since ' || to_char(since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
    || coalesce(': ' || nullif(why, ''), '')
$$;

-- What is read before every start: the first of these that holds decides.
create view gate as
select i.job_id, i.ordinal,
  case
    when j.gate = 'STOPPED' then j.stop_mode
    when i.stop_mode is not null then i.stop_mode
    when h.id is not null then case when h.mode = 'KILL' then 'CUT' else 'HELD' end
    when j.gate = 'PAUSED' then 'PAUSED'
    when now() >= i.begun_at + make_interval(secs => j.host_deadline_seconds) then 'LATE'
    else 'OPEN'
  end as state,
  case
    when h.id is not null then hold_note(h.caller, h.since, h.why)
    when j.gate = 'PAUSED' then 'the job is paused'
  end as why
from job_instance i
join job j on j.id = i.job_id
left join lateral (
  select hold.* from hold
  where lifted_at is null and (area = 'EVERYTHING' or area = 'BUSINESS' and target = i.business_id
    or area = 'CLOUD' and target = (select cloud_id from host where host.id = i.host_id))
  order by mode desc, hold.id limit 1) h on true;
