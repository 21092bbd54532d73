-- Up Migration

-- Who signs in to the dashboard by a password of its own.
create table operators (
  id bigint generated always as identity primary key,
  name text collate "C" not null unique,
  -- argon2id, in the PHC string format
  password_hash text not null,
  role text collate "C" not null check (role in ('viewer', 'operator')),
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now()
);

create table operator_sessions (
  -- SHA-256 of the token; the token itself is kept by nobody but the browser
  token_hash bytea primary key,
  -- null for one whom an OpenID Connect issuer vouched for
  operator_id bigint references operators on delete cascade,
  -- as shown and as told in operator_actions
  name text not null,
  role text collate "C" not null check (role in ('viewer', 'operator')),
  created_at timestamptz not null default now(),
  used_at timestamptz not null default now()
);
create index operator_sessions_by_operator on operator_sessions (operator_id);
create index operator_sessions_by_age on operator_sessions (created_at);

-- Wrong passwords since the last right one, of names that exist and of names that do not.
create table sign_in_failures (
  -- SHA-256 of the name
  name_hash bytea primary key,
  count integer not null,
  last_at timestamptz not null default now(),
  -- nobody signs in by this name until then; null while it is open
  locked_until timestamptz
);
create index sign_in_failures_by_age on sign_in_failures (last_at);

-- Every change that somebody made by the dashboard or to its operators. Written before the change is tried.
create table operator_actions (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  -- of the operator; null for a sign-in that did not say who
  operator text,
  -- such as queue.pause, job.retry, operation.cancel, sign-in, operator.add
  action text collate "C" not null,
  queue text collate "C",
  job_id text collate "C",
  operation_id uuid,
  -- name of the operator who is changed, for operator.*
  target text,
  -- HTTP status of the answer; null while the change is being made, or when nobody saw the answer: the process died
  -- in it, or the browser had gone
  status smallint
);
-- the filters of the audit page, newest first
create index operator_actions_by_operator on operator_actions (operator, id);
create index operator_actions_by_action on operator_actions (action, id);
create index operator_actions_by_operation on operator_actions (operation_id, id) where operation_id is not null;

-- The few operations that have not ended, which are counted and looked over at every scrape of the metrics.
create index operations_unended on operations (state, paused, number) where ended_at is null;

-- Down Migration

drop index operations_unended;
drop table operator_actions, sign_in_failures, operator_sessions, operators;
