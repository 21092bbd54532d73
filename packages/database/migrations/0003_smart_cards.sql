-- Up Migration

alter table enrollments
  -- of the certificate, SHA-256; null where the factor is none of smart cards
  add column fingerprint bytea;
-- A certificate says who its holder is, so that within a factor config it is one user's.
create unique index enrollments_by_certificate on enrollments (factor_config_id, fingerprint)
  where fingerprint is not null;

-- Users are named by these in the file names of certificates.
alter table users alter column external_id type text collate "C", alter column mobile type text collate "C";
create index users_by_external_id on users (tenant_id, external_id) where external_id is not null;
create index users_by_mobile on users (tenant_id, mobile) where mobile is not null;

-- Where an operation tells which users its rows are about, also those of whom no row was applied yet.
alter table operation_keys alter column row_number drop not null;

alter table operations
  -- when its archive was removed alone, since it held private keys
  add column archive_removed_at timestamptz;

-- which operations held private keys
create index error_groups_private_keys on error_groups (operation_number) where code = 'PRIVATE_KEY';

-- Down Migration

drop index error_groups_private_keys;
alter table operations drop column archive_removed_at;
delete from operation_keys where row_number is null;
alter table operation_keys alter column row_number set not null;
drop index users_by_mobile, users_by_external_id, enrollments_by_certificate;
alter table users alter column external_id type text collate "default", alter column mobile type text collate "default";
alter table enrollments drop column fingerprint;
