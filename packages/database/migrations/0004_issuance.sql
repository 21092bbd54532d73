-- Up Migration

create table enrollment_designs (
  id bigint generated always as identity primary key,
  tenant_id integer not null references tenants,
  -- names the design in the ids of its records
  workflow_id uuid not null unique default gen_random_uuid(),
  name text collate "C" not null,
  -- [{ name, type, required, unique }], in their order
  fields jsonb not null,
  -- the field that holds the address to send to; null where there is none
  email_field text,
  created_at timestamptz not null default now(),
  unique (tenant_id, name)
);

-- One enrollment of a design. Its id is the record's QUICKSTARTPRIMARYKEY.
create table enrollment_records (
  id bigint generated always as identity primary key,
  tenant_id integer not null,
  design_id bigint not null,
  -- { name: value }, fields without a value left out
  fields jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index enrollment_records_by_design on enrollment_records (design_id, id);
-- images are among the values; only their hashes are in the index
create index enrollment_records_by_field on enrollment_records using gin (fields jsonb_path_ops);

-- Values of the fields that are unique within a design.
create table enrollment_unique_values (
  design_id bigint not null,
  field text collate "C" not null,
  -- SHA-256 of the value in UTF-8
  value_hash bytea not null,
  tenant_id integer not null,
  record_id bigint not null,
  primary key (design_id, field, value_hash)
);
create index enrollment_unique_values_by_record on enrollment_unique_values (record_id);

create table printers (
  id bigint generated always as identity primary key,
  tenant_id integer not null references tenants,
  name text collate "C" not null,
  kind text collate "C" not null,
  -- where it is reached; null for a kind that has no address
  address text,
  created_at timestamptz not null default now(),
  unique (tenant_id, name)
);

-- A mobile flash pass. An enrollment record has one that is not void at most.
create table passes (
  id bigint generated always as identity primary key,
  -- names the pass in the wallets
  serial uuid not null unique default gen_random_uuid(),
  tenant_id integer not null,
  record_id bigint not null,
  -- the operation and row that issued it last
  operation_number bigint not null,
  row_number bigint not null,
  issued_at timestamptz not null default now(),
  -- when it was given to somebody's wallet first; null while it was not
  apple_claimed_at timestamptz,
  google_claimed_at timestamptz,
  voided_at timestamptz,
  -- of what the wallets show
  changed_at timestamptz not null default now()
);
create unique index passes_in_force on passes (record_id) where voided_at is null;
create index passes_by_record on passes (record_id);

-- Links by which a pass can be taken to a wallet once. The token itself is kept by nobody but who has the link.
create table pass_claims (
  -- SHA-256 of the token
  token_hash bytea primary key,
  tenant_id integer not null,
  pass_id bigint not null,
  wallet text collate "C" not null check (wallet in ('apple', 'google')),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index pass_claims_by_pass on pass_claims (pass_id);
create index pass_claims_by_expiry on pass_claims (expires_at);

-- Apple's devices that hold a pass and want to be told of changes.
create table pass_devices (
  -- Apple's deviceLibraryIdentifier
  device_id text collate "C" not null,
  pass_id bigint not null,
  tenant_id integer not null,
  -- sealed
  push_token bytea not null,
  primary key (device_id, pass_id)
);
create index pass_devices_by_pass on pass_devices (pass_id);

-- Effects outside the database that rows have, carried out after the rows' chunk was committed.
create table outbox (
  operation_number bigint not null,
  row_number bigint not null,
  tenant_id integer not null,
  lane smallint not null,
  line bigint not null,
  -- the row of the parent operation that it stands for
  origin bigint,
  -- what the row is about, an id of the operation type's own
  subject_id bigint not null,
  created_at timestamptz not null default now(),
  attempts integer not null default 0,
  -- who carries it out at this moment: then it is not known yet what has happened outside
  held_by uuid,
  -- when it is to be tried; while it is held, when its holder is given up
  due_at timestamptz not null default now(),
  settled_at timestamptz,
  primary key (operation_number, row_number)
);
create index outbox_unsettled on outbox (operation_number, due_at, row_number) where settled_at is null;
create index outbox_held on outbox (due_at) where held_by is not null and settled_at is null;

alter table operations
  -- its deliveries wait until then, since what they go through was away; null: they do not
  add column deliver_after timestamptz,
  -- how often in a row it was away
  add column delivery_failures integer not null default 0,
  -- the key of the file that it made; null when it made none
  add column result_key text;

-- when its rows were committed
alter table chunks add column at timestamptz not null default now();

-- Operations can have turns until their rows are read; those whose deliveries are not settled go on without.
drop index operations_open;
create index operations_open on operations (tenant_id, number)
  where state in ('SCHEDULED', 'PROCESSING') and not paused and total is null;
create index operations_delivering on operations (number) where state = 'PROCESSING' and not paused;

insert into printers (tenant_id, name, kind) select id, 'PDF', 'pdf' from tenants;
insert into enrollment_designs (tenant_id, name, email_field, fields)
select id, 'Employee Badge', 'Email', '[
  { "name": "FirstName", "type": "text", "required": true, "unique": false },
  { "name": "LastName", "type": "text", "required": true, "unique": false },
  { "name": "Email", "type": "text", "required": false, "unique": false },
  { "name": "EmployeeNumber", "type": "barcode", "required": true, "unique": true },
  { "name": "AccessLevel", "type": "number", "required": false, "unique": false },
  { "name": "ExpiryDate", "type": "date", "required": false, "unique": false },
  { "name": "Photo", "type": "image", "required": false, "unique": false }
]' from tenants;

-- Down Migration

drop index operations_delivering, operations_open;
create index operations_open on operations (tenant_id, number)
  where state in ('SCHEDULED', 'PROCESSING') and not paused;
alter table chunks drop column at;
alter table operations drop column result_key, drop column delivery_failures, drop column deliver_after;
drop table outbox, pass_devices, pass_claims, passes, printers, enrollment_unique_values, enrollment_records,
  enrollment_designs;
