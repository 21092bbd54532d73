-- Up Migration

alter table operations rename column fault to reason;
alter table operations
  -- null until the data is complete
  alter column source drop not null,
  add column paused boolean not null default false,
  -- whether it is scheduled as soon as its data is complete
  add column starts_by_itself boolean not null default true,
  -- what was said of data to come: { encoding, delimiter }, each null where nothing was said
  add column declared jsonb,
  -- the failure policy: more failed rows than that, or a greater part of the rows, end the operation
  add column max_failed_rows bigint check (max_failed_rows >= 0),
  add column max_failed_ratio double precision check (max_failed_ratio between 0 and 1),
  -- the operation whose failed and unprocessed rows this one runs again
  add column parent_number bigint,
  -- the Idempotency-Key it was created with
  add column request_key text collate "C",
  -- who made the last change of state or pause: a token's subject, or a word for Muster's own
  add column changed_by text,
  -- bytes of the source in UTF-8; null until the copy is made
  add column normalised_bytes bigint,
  -- when its files were removed, their time being over
  add column files_removed_at timestamptz,
  -- when its removal was asked for: nobody sees it any more, and what is left of it is removed
  add column deleted_at timestamptz;

update operations set changed_by = created_by,
  reason = coalesce(reason, case state
    when 'COMPLETED' then 'Every row has its outcome.'
    when 'PROCESSING' then 'A worker took it up.'
    else 'The data is complete.' end);

alter table operations
  alter column changed_by set not null,
  -- why it is in its state
  alter column reason set not null,
  add constraint operations_have_a_source check (source is not null or state in ('AWAITING_DATA', 'CANCELLED')),
  add constraint operations_paused check (not paused or state in ('SCHEDULED', 'PROCESSING')),
  add constraint operations_counted check (total is not null or state <> 'COMPLETED'),
  add constraint operations_ended check ((ended_at is null) = (state in ('AWAITING_DATA', 'SCHEDULED', 'PROCESSING')));

create unique index operations_by_request_key on operations (tenant_id, created_by, request_key)
  where request_key is not null;
create index operations_by_parent on operations (parent_number) where parent_number is not null;
create index operations_by_content on operations (tenant_id, (source ->> 'sha256'));
create index operations_awaiting_data on operations (created_at) where state = 'AWAITING_DATA';
-- ended before all rows of their source were read, so that their number is still to be found
create index operations_uncounted on operations (number) where total is null and ended_at is not null;
create index operations_by_end on operations (ended_at) where ended_at is not null;
-- the list, filtered by state, newest first
create index operations_by_state on operations (tenant_id, state, number desc) where deleted_at is null;
create index operations_deleted on operations (number) where deleted_at is not null;
-- which of a tenant's operations is the smallest that no worker has begun
create index operations_by_size on operations (tenant_id, ((source ->> 'bytes')::bigint), number)
  where state = 'SCHEDULED' and not paused;
create index operations_with_files on operations (ended_at) where ended_at is not null and files_removed_at is null;
create index operations_without_data on operations (ended_at)
  where ended_at is not null and files_removed_at is null and source is null;
drop index operations_open;
create index operations_open on operations (tenant_id, number)
  where state in ('SCHEDULED', 'PROCESSING') and not paused;

-- The edges of the state machine; what is not here cannot happen.
create table operation_transitions (
  from_state text collate "C" not null,
  to_state text collate "C" not null,
  primary key (from_state, to_state)
);
insert into operation_transitions values
  ('AWAITING_DATA', 'SCHEDULED'), ('AWAITING_DATA', 'CANCELLED'),
  ('SCHEDULED', 'PROCESSING'), ('SCHEDULED', 'CANCELLED'),
  ('PROCESSING', 'COMPLETED'), ('PROCESSING', 'FAILED'), ('PROCESSING', 'CANCELLED');

create function refuse_unknown_transition() returns trigger language plpgsql as $$
begin
  if not exists (select from operation_transitions where from_state = old.state and to_state = new.state) then
    raise exception 'an operation that is % cannot become %', old.state, new.state using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger operations_transition before update of state on operations
  for each row when (old.state <> new.state) execute function refuse_unknown_transition();

-- Every change of an operation's state or pause: who, when, from, to, why.
create table operation_history (
  id bigint generated always as identity primary key,
  operation_number bigint not null,
  tenant_id integer not null,
  at timestamptz not null default clock_timestamp(),
  actor text not null,
  -- null for its creation
  from_state text,
  to_state text not null,
  -- after the change
  paused boolean not null,
  reason text not null
);
create index operation_history_by_operation on operation_history (operation_number, id);
insert into operation_history (operation_number, tenant_id, at, actor, from_state, to_state, paused, reason)
  select number, tenant_id, created_at, created_by, null, state, false, reason from operations order by number;

create function write_operation_history() returns trigger language plpgsql as $$
begin
  insert into operation_history (operation_number, tenant_id, actor, from_state, to_state, paused, reason)
  values (new.number, new.tenant_id, new.changed_by, case when tg_op = 'UPDATE' then old.state end, new.state,
    new.paused, new.reason);
  return null;
end $$;
create trigger operations_created after insert on operations
  for each row execute function write_operation_history();
create trigger operations_changed after update of state, paused on operations
  for each row when (old.state <> new.state or old.paused <> new.paused) execute function write_operation_history();

alter table lanes
  -- rows of the parent operation that rows of this one have brought through
  add column resolved bigint not null default 0;

-- What is remembered of each chunk of a lane (lane -1: of the counting of rows that were not reached): from where it can be read again, and which of its rows were unchanged.
create table chunks (
  operation_number bigint not null,
  lane smallint not null,
  tenant_id integer not null,
  -- the position after it
  row_number bigint not null,
  line bigint not null,
  byte bigint not null,
  -- its first row of the lane
  first_row bigint not null,
  -- bit i, as get_bit counts, is row first_row + i; null when none of them was unchanged
  unchanged bytea,
  primary key (operation_number, row_number, lane)
);

-- Failed rows of a lane by mistake, counted as they come: nobody reads millions of them to tell what is wrong.
create table error_groups (
  operation_number bigint not null,
  lane smallint not null,
  tenant_id integer not null,
  code text not null,
  column_name text,
  rows bigint not null,
  -- of its rows, at most the first ten
  first_rows bigint[] not null,
  unique nulls not distinct (operation_number, lane, code, column_name)
);

-- Rows of an operation that failed or were not reached, and that a row of a child operation has brought through.
create table resolved_rows (
  operation_number bigint not null,
  row_number bigint not null,
  tenant_id integer not null,
  child_number bigint not null,
  primary key (operation_number, row_number)
);

-- Answers to requests that were sent with an Idempotency-Key.
create table idempotency_keys (
  tenant_id integer not null,
  -- the token's subject
  client text collate "C" not null,
  key text collate "C" not null,
  -- of the request's method, path, query and body, once they are read
  fingerprint text,
  -- who carries the request out, and until when without being heard of
  holder uuid not null,
  locked_until timestamptz not null,
  -- the answer; null until there is one
  status smallint,
  headers jsonb,
  body text,
  created_at timestamptz not null default now(),
  primary key (tenant_id, client, key)
);
create index idempotency_keys_by_age on idempotency_keys (created_at);

-- Down Migration

drop table idempotency_keys, resolved_rows, error_groups, chunks, operation_history, operation_transitions;
alter table lanes drop column resolved;
drop trigger operations_transition on operations;
drop trigger operations_created on operations;
drop trigger operations_changed on operations;
drop function refuse_unknown_transition, write_operation_history;
drop index operations_by_request_key, operations_by_parent, operations_by_content, operations_awaiting_data,
  operations_uncounted, operations_by_end, operations_by_state, operations_deleted, operations_by_size,
  operations_with_files, operations_without_data, operations_open;
delete from operations where source is null;
alter table operations
  alter column reason drop not null,
  alter column source set not null,
  drop constraint operations_have_a_source, drop constraint operations_paused, drop constraint operations_counted,
  drop constraint operations_ended,
  drop column paused, drop column starts_by_itself, drop column declared, drop column max_failed_rows,
  drop column max_failed_ratio, drop column parent_number, drop column request_key, drop column changed_by,
  drop column normalised_bytes, drop column files_removed_at, drop column deleted_at;
update operations set reason = null where state <> 'FAILED';
alter table operations rename column reason to fault;
create index operations_open on operations (tenant_id, number) where state in ('SCHEDULED', 'PROCESSING');
