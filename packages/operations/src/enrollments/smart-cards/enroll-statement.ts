import type { CertificateFilenamePattern } from '@muster/contracts'

/** The user whom a file's name tells of, with the users `u` of the directory. */
const IS_ABOUT: { readonly [P in CertificateFilenamePattern]: string } = {
  'Primary Email': 'lower(u.email) = i.about',
  'Employee ID': 'u.external_id = i.about',
  'Mobile Number': 'u.mobile = i.about',
}

/**
 * The statement of a smart card enrollment; see `RowOperation.apply`. `operation_keys` remembers which users rows were
 * about, with the row that was applied for them.
 *
 * Rows are as if they came one after the other. Of one user, the first row that nothing is wrong with is applied. Of
 * one certificate, a unique index has the last word: where a row needs what another row of the same chunk does before
 * it, or is in its way, the statement fails, and the chunk is applied in two halves.
 *
 * @param configIds decimal digits, as the database gave them
 */
export function enrollStatement(
  configIds: readonly string[],
  overwrite: boolean,
  pattern: CertificateFilenamePattern,
): string {
  const configs = configIds.map((id) => `(${BigInt(id)})`).join(', ')
  const present = `exists (
    select from enrollments e where e.user_id = a.user_id and e.factor_config_id = c.config_id)`
  // A certificate is free again when an earlier row gives its holder another.
  const released = `exists (
    select from able other
    where other.user_id = e.user_id and other.row_number < w.row_number and other.fingerprint <> w.fingerprint)`
  return `
configs (config_id) as (values ${configs}),
matched as (
  select i.row_number, i.refused, i.certificate, decode(i.certificate ->> 'fingerprint', 'hex') as fingerprint,
    u.id as user_id, u.matches
  from input i cross join lateral (
    select min(id) as id, count(*) as matches
    from (select u.id from users u where u.tenant_id = $1 and ${IS_ABOUT[pattern]} limit 2) two) u
  where i.about is not null
),
repeated as (
  select m.row_number, k.row_number as first_row
  from matched m cross join lateral (
    select row_number from operation_keys
    where operation_number = $2 and subject_id = m.user_id and row_number is not null limit 1) k
  where m.matches = 1
),
able as (
  select m.row_number, m.user_id, m.certificate, m.fingerprint
  from matched m left join repeated r using (row_number)
  where m.matches = 1 and not m.refused and r.row_number is null
),
wanted as (
  select a.row_number, a.user_id, a.certificate, a.fingerprint, c.config_id
  from able a cross join configs c${overwrite ? '' : ` where not ${present}`}
),
taken as (
  select distinct w.row_number
  from wanted w cross join lateral (
    select user_id from enrollments where factor_config_id = w.config_id and fingerprint = w.fingerprint limit 1) e
  where e.user_id <> w.user_id${overwrite ? ` and not ${released}` : ''}
),
-- of the rows that nothing is wrong with, the first of each user
firsts as (
  select a.user_id, min(a.row_number) as row_number
  from able a left join taken t using (row_number) where t.row_number is null
  group by a.user_id
),
enrolled as (
  insert into enrollments (user_id, factor_config_id, tenant_id, data, fingerprint)
  select w.user_id, w.config_id, $1, w.certificate, w.fingerprint
  from firsts f join wanted w using (user_id, row_number)
  order by w.row_number, w.config_id
  on conflict (user_id, factor_config_id) ${
    overwrite
      ? 'do update set data = excluded.data, secret = null, fingerprint = excluded.fingerprint, enrolled_at = now()'
      : 'do nothing'
  }
  returning user_id
),
seen as (
  insert into operation_keys (operation_number, subject_id, tenant_id, row_number)
  select $2, m.user_id, $1, min(f.row_number)
  from matched m left join repeated r using (row_number) left join firsts f using (user_id)
  where m.matches = 1 and r.row_number is null
  group by m.user_id
  on conflict (operation_number, subject_id) do update set row_number = excluded.row_number
    where operation_keys.row_number is null and excluded.row_number is not null
),
again as (
  select row_number, first_row from repeated
  union all
  select m.row_number, f.row_number
  from matched m join firsts f using (user_id) where m.matches = 1 and m.row_number > f.row_number
),
mistakes as (
  select row_number, case when matches = 0 then 'USER_NOT_FOUND' else 'USER_AMBIGUOUS' end as code,
    'file' as column_name, null::jsonb as params
  from matched where matches <> 1
  union all
  select row_number, 'DUPLICATE_KEY', 'file', jsonb_build_object('firstRow', first_row) from again
  union all
  select t.row_number, 'CERTIFICATE_ENROLLED', null, null
  from taken t left join again g using (row_number) where g.row_number is null
),
succeeded as (select f.row_number from firsts f where exists (select from enrolled e where e.user_id = f.user_id)),
unchanged as (select f.row_number from firsts f where not exists (select from enrolled e where e.user_id = f.user_id))`
}
