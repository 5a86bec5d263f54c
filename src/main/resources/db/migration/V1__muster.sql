-- The inventory: what is known of the fleet. Names are text, addresses are compared as they are written.

create table business (id bigint primary key, name text not null);

create table cloud (id bigint primary key, name text not null);

create table host (
  id bigint primary key,
  business_id bigint not null,
  cloud_id bigint not null default 0,
  inner_ip text,
  inner_ipv6 text,
  name text not null default '',
  os_type text not null default '',
  node_type text not null default 'AGENT' check (node_type in ('AGENT', 'PAGENT', 'PROXY')),
  node_from text not null default 'NODE_MAN',
  addressing text not null default 'static',
  agent_id text,
  is_manual boolean not null default false,
  install_channel_id bigint,
  ap_id bigint,
  login_ip text,
  port integer check (port between 1 and 65535),
  account text,
  identity text,
  host_key text,
  become text not null default 'NONE' check (become in ('NONE', 'SUDO', 'DOAS')),
  profile text
);
create index host_by_business on host (business_id);
create index host_by_inner_ip on host (inner_ip);

create table process (
  host_id bigint not null references host (id) on delete cascade,
  kind text not null check (kind in ('AGENT', 'PLUGIN')),
  name text not null,
  status text not null default 'UNKNOWN',
  version text not null default '',
  source_id text,
  primary key (host_id, kind, name)
);

-- The roster: what is true of jobs. A job exists from the commit of its row on.

create table job (
  id bigint generated always as identity primary key,
  uid uuid not null unique,
  type text not null,
  state text not null default 'PENDING'
    check (state in ('PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'PARTIALLY_FAILED')),
  caller text not null,
  app text not null,
  idempotency_key text,
  request_digest text not null,
  selector jsonb not null,
  businesses bigint[] not null,
  selected integer not null,
  run_window integer not null,
  retry_rounds integer not null,
  retry_after_seconds bigint not null,
  round integer not null default 0,
  next_round_at timestamptz,
  runbook_digest text not null,
  gate text not null default 'OPEN' check (gate in ('OPEN', 'STOPPED')),
  gate_version bigint not null default 0,
  why text,
  waves integer not null default 0,
  restarts integer not null default 0,
  created_at timestamptz not null default now(),
  resolved_at timestamptz,
  started_at timestamptz,
  ended_at timestamptz
);
create unique index job_by_idempotency_key on job (caller, app, idempotency_key) where idempotency_key is not null;
create index job_unfinished on job (id) where ended_at is null;

create table job_instance (
  job_id bigint not null references job (id),
  ordinal integer not null,
  host_id bigint not null,
  business_id bigint not null,
  label text not null,
  step integer not null default 0,
  executions integer[] not null default '{}',
  tries jsonb not null default '{}',
  touched_at timestamptz,
  unknown_since timestamptz,
  outcome text check (outcome in ('SUCCEEDED', 'FAILED', 'UNREACHABLE', 'TIMED_OUT', 'SKIPPED', 'STOPPED')),
  reason text,
  proof text,
  detail text,
  ended_at timestamptz,
  primary key (job_id, ordinal),
  unique (job_id, host_id)
);
create index job_instance_unfinished on job_instance (job_id, ordinal) where outcome is null;

-- Who may touch a host now. The token only grows; a lease is void once its instance has an outcome.
create table lease (
  host_id bigint primary key,
  token bigint not null,
  job_id bigint not null,
  ordinal integer not null,
  since timestamptz not null,
  run_directory text
);

-- Every verb of an operator: committed before it is answered, told to the workflow afterwards.
create table control (
  job_id bigint not null references job (id),
  version bigint not null,
  verb text not null,
  caller text not null,
  app text not null,
  at timestamptz not null default now(),
  told_at timestamptz,
  primary key (job_id, version)
);
create index control_untold on control (job_id) where told_at is null;

-- The projection: what pages read. Never decided upon; can be rebuilt from the roster.

create table job_progress (
  job_id bigint primary key references job (id),
  version bigint not null default 0,
  pending integer not null default 0,
  running integer not null default 0,
  succeeded integer not null default 0,
  failed integer not null default 0,
  skipped integer not null default 0
);

create table instance_progress (
  job_id bigint not null,
  ordinal integer not null,
  host_id bigint not null,
  state text not null default 'PENDING' check (state in ('PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'SKIPPED')),
  step integer not null default -1,
  note text,
  seq bigint not null default 0,
  version bigint not null default 0,
  started_at timestamptz,
  ended_at timestamptz,
  primary key (job_id, ordinal)
);
create unique index instance_progress_by_host on instance_progress (job_id, host_id);
create index instance_progress_by_version on instance_progress (job_id, version);
create index instance_progress_by_state on instance_progress (job_id, state, ordinal);

create table step_progress (
  job_id bigint not null,
  ordinal integer not null,
  step integer not null,
  execution integer not null,
  state text not null check (state in ('RUNNING', 'SUCCEEDED', 'FAILED')),
  seq bigint not null,
  started_at timestamptz,
  ended_at timestamptz,
  primary key (job_id, ordinal, step, execution)
);

-- Output and events of steps, append-only; a month is a partition, so that old ones are dropped and not deleted.
create table step_log (
  job_id bigint not null,
  ordinal integer not null,
  step integer not null,
  execution integer not null,
  seq bigint not null,
  at timestamptz not null,
  kind text not null check (kind in ('EVENT', 'OUTPUT')),
  text text not null,
  primary key (job_id, ordinal, step, execution, seq, at)
) partition by range (at);
create table step_log_rest partition of step_log default;
