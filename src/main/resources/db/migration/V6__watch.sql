-- An area is held once at a time; who asks again is given the same hold.
drop index hold_in_force;
create unique index hold_in_force on hold (area, coalesce(target, 0)) where lifted_at is null;

create index audit_by_caller on audit (caller, id);

-- When the last of its hosts was seen to finish, and since when none does although some should.
alter table job_progress add column finished_at timestamptz;
alter table job_progress add column stalled_since timestamptz;
create index job_progress_stalled on job_progress (job_id) where stalled_since is not null;
