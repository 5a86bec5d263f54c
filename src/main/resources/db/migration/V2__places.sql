-- What hosts belong to, and what they are reached through.

create table host_set (id bigint primary key, business_id bigint not null, name text not null);

create table host_module (
  id bigint primary key,
  business_id bigint not null,
  set_id bigint,
  name text not null
);

create table access_point (id bigint primary key, name text not null);

create table install_channel (id bigint primary key, cloud_id bigint not null default 0, name text not null);

alter table host add column set_ids bigint[] not null default '{}';
alter table host add column module_ids bigint[] not null default '{}';

create index host_by_set on host using gin (set_ids);
create index host_by_module on host using gin (module_ids);
-- One index for an address, in whatever cloud area or in a certain one.
drop index host_by_inner_ip;
create index host_by_inner_ip on host (inner_ip, cloud_id);
