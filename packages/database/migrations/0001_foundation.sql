-- Up Migration

-- Text that is compared, ordered or indexed has collation "C": equal means equal bytes whatever the
-- server's locale, and comparing is cheapest. No foreign keys on tables that are written by the
-- million: each would cost a trigger call a row, and every writer is one statement that joins its parent.

create table tenants (
  id integer generated always as identity primary key,
  name text collate "C" not null unique,
  created_at timestamptz not null default now()
);

create table clients (
  id text collate "C" primary key,
  tenant_id integer not null references tenants,
  -- scrypt, with its parameters and salt
  secret_hash text not null,
  scopes text[] not null,
  created_at timestamptz not null default now()
);

create table signing_keys (
  -- the JWK's thumbprint (RFC 7638)
  id text collate "C" primary key,
  public_jwk jsonb not null,
  -- the private JWK's JSON, sealed
  private_jwk bytea not null,
  created_at timestamptz not null default now()
);

create table factor_configs (
  id bigint generated always as identity (start with 2000000283042) primary key,
  tenant_id integer not null references tenants,
  name text not null,
  factor_type text not null,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  unique (tenant_id, name)
);

create table groups (
  id bigint generated always as identity primary key,
  tenant_id integer not null references tenants,
  name text collate "C" not null,
  created_at timestamptz not null default now(),
  unique (tenant_id, name)
);

create table users (
  id bigint generated always as identity primary key,
  tenant_id integer not null,
  user_id text collate "C" not null,
  first_name text,
  last_name text,
  email text collate "C",
  mobile text,
  phone text,
  user_principal_name text,
  security_id text,
  external_id text,
  state text,
  locale text,
  locked boolean not null default false,
  attributes jsonb,
  -- the operation and row that made the user
  operation_number bigint,
  row_number bigint,
  created_at timestamptz not null default now()
);
create unique index users_by_user_id on users (tenant_id, user_id);
-- collation "C" folds A to Z alone, as the reader of email columns does
create index users_by_email on users (tenant_id, lower(email));

create table user_groups (
  user_id bigint not null,
  group_id bigint not null,
  tenant_id integer not null,
  primary key (user_id, group_id)
);

create table enrollments (
  user_id bigint not null,
  factor_config_id bigint not null,
  tenant_id integer not null,
  -- what is no secret: an address, a serial number
  data jsonb not null,
  -- sealed
  secret bytea,
  enrolled_at timestamptz not null default now(),
  primary key (user_id, factor_config_id)
);

create table operations (
  number bigint generated always as identity (start with 2000000293042) primary key,
  id uuid not null unique,
  tenant_id integer not null references tenants,
  type text collate "C" not null,
  name text not null,
  state text collate "C" not null check (state in
    ('AWAITING_DATA', 'SCHEDULED', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELLED')),
  options jsonb not null,
  source jsonb not null,
  normalised_key text,
  created_by text not null,
  -- grows with every claim; only its holder may write
  lease bigint not null default 0,
  -- rows of the source; null until they are counted
  total bigint,
  -- the fault's sentence
  fault text,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  ended_at timestamptz
);
create index operations_by_tenant on operations (tenant_id, number desc);
create index operations_open on operations (tenant_id, number)
  where state in ('SCHEDULED', 'PROCESSING');

-- Counters live here and nowhere else: a lane's transaction touches its own row, so lanes never wait for each other.
create table lanes (
  operation_number bigint not null,
  lane smallint not null,
  tenant_id integer not null,
  lease bigint not null,
  -- the checkpoint: the last row committed, and where to go on
  row_number bigint not null,
  line bigint not null,
  byte bigint not null,
  succeeded bigint not null default 0,
  unchanged bigint not null default 0,
  failed bigint not null default 0,
  first_failed_row bigint,
  changed_at timestamptz not null default now(),
  primary key (operation_number, lane)
);

create table failed_rows (
  operation_number bigint not null,
  row_number bigint not null,
  -- of the row's mistakes, from 0
  ordinal smallint not null,
  tenant_id integer not null,
  line bigint not null,
  code text not null,
  column_name text,
  -- numbers and fixed words for the message; never a cell
  params jsonb,
  primary key (operation_number, row_number, ordinal)
);

-- Keys that a row of the operation has been applied for, where the type's own tables cannot tell.
create table operation_keys (
  operation_number bigint not null,
  subject_id bigint not null,
  tenant_id integer not null,
  row_number bigint not null,
  primary key (operation_number, subject_id)
);

-- Down Migration

drop table operation_keys, failed_rows, lanes, operations, enrollments, user_groups, users, groups,
  factor_configs, signing_keys, clients, tenants;
