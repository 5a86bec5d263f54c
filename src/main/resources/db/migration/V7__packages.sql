-- Software that is brought to hosts. Its bytes are rows, so that every muster and every backup has them.
create table package (
  id bigint generated always as identity primary key,
  name text not null,
  version text not null,
  os_type text not null,
  cpu text not null,
  sha256 text not null,
  bytes bigint not null,
  stored_by text not null,
  stored_at timestamptz not null default now(),
  unique (name, version, os_type, cpu)
);
create index package_by_content on package (sha256);

create table package_part (
  sha256 text not null,
  part integer not null,
  bytes bytea not null,
  primary key (sha256, part)
);
-- An archive is compressed already.
alter table package_part alter column bytes set storage external;

-- The version that is wanted, null for the latest; and the package that a host was given for it, once and for ever.
alter table job add column package_version text;
alter table job_instance add column package_id bigint;
