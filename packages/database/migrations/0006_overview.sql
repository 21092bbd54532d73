-- Up Migration

-- Operators look at the operations of all tenants, newest first, by state or by type, and those that are paused.
-- Operations are made by the thousand a day and not by the million, so that an insert can carry a few more indexes.
create index operations_of_state on operations (state, number desc) where deleted_at is null;
create index operations_of_type on operations (type, number desc) where deleted_at is null;
create index operations_paused_now on operations (number desc) where paused;

-- The hash first, so that it finds a file's operations whosever they are as well as a tenant's.
drop index operations_by_content;
create index operations_by_content on operations ((source ->> 'sha256'), tenant_id);

-- Down Migration

drop index operations_by_content;
create index operations_by_content on operations (tenant_id, (source ->> 'sha256'));
drop index operations_paused_now, operations_of_type, operations_of_state;
