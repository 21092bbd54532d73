/**
 * The statement of a quick enrollment; see `RowOperation.apply`. `operation_keys` remembers for
 * which users a row of this operation was applied.
 *
 * @param configIds decimal digits, as the database gave them
 */
export function enrollStatement(configIds: readonly string[], overwrite: boolean): string {
  const factors = configIds.map((id, n) => `(${BigInt(id)}, i.data_${n}, i.secret_${n})`).join(', ')
  const changes = overwrite ? 'true' : 'not present'
  const onConflict = overwrite
    ? 'do update set data = excluded.data, secret = excluded.secret, enrolled_at = now()'
    : 'do nothing'
  return `
matched as (
  select i.row_number, i.refused, u.id as user_id, u.matches
  from input i cross join lateral (
    select min(id) as id, count(*) as matches
    from (select id from users where tenant_id = $1 and lower(email) = i.email limit 2) two) u
  where i.email is not null
),
repeated as (
  select m.row_number, k.row_number as first_row
  from matched m cross join lateral (
    select row_number from operation_keys where operation_number = $2 and subject_id = m.user_id limit 1) k
  where m.matches = 1
),
wanted as (
  select i.row_number, m.user_id, f.config_id, f.data, f.secret, e.user_id is not null as present
  from input i
  join matched m using (row_number)
  cross join lateral (values ${factors}) f (config_id, data, secret)
  left join lateral (
    select user_id from enrollments where user_id = m.user_id and factor_config_id = f.config_id limit 1) e on true
  where m.matches = 1 and not i.refused and f.data is not null
),
-- of the rows that change something, the first of each user
firsts as (
  select w.user_id, min(w.row_number) as row_number
  from wanted w left join repeated r using (row_number)
  where r.row_number is null and ${changes}
  group by w.user_id
),
enrolled as (
  insert into enrollments (user_id, factor_config_id, tenant_id, data, secret)
  select w.user_id, w.config_id, $1, w.data, w.secret
  from wanted w join firsts f using (user_id, row_number)
  where ${changes}
  order by w.user_id, w.config_id
  on conflict (user_id, factor_config_id) ${onConflict}
  returning user_id
),
marked as (
  insert into operation_keys (operation_number, subject_id, tenant_id, row_number)
  select $2, f.user_id, $1, f.row_number from firsts f
  where exists (select 1 from enrolled e where e.user_id = f.user_id)
  returning subject_id as user_id, row_number
),
mistakes as (
  select row_number, case when matches = 0 then 'USER_NOT_FOUND' else 'USER_AMBIGUOUS' end as code,
    'Primary Email' as column_name, null::jsonb as params
  from matched where matches <> 1
  union all
  select row_number, 'DUPLICATE_KEY', 'Primary Email', jsonb_build_object('firstRow', first_row) from repeated
  union all
  select m.row_number, 'DUPLICATE_KEY', 'Primary Email', jsonb_build_object('firstRow', k.row_number)
  from matched m join marked k using (user_id)
  where m.matches = 1 and m.row_number > k.row_number
),
succeeded as (select row_number from marked),
unchanged as (
  select m.row_number
  from matched m left join repeated r using (row_number) left join marked k using (user_id)
  where m.matches = 1 and not m.refused and r.row_number is null
    and (k.row_number is null or m.row_number < k.row_number)
)`
}
