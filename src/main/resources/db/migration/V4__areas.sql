-- A cloud area is the unit in which people think of a fleet, and in which they select.
create index host_by_cloud on host (cloud_id);
