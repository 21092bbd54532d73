/**
 * The relations that the statements of types over enrollments begin with. The enrollments are locked, so that what is
 * done about one by several operations, or by its deletion, is done in turn.
 *
 * `matched (row_number, record_id, email_field, fields)`: the rows whose enrollments exist. `firsts (record_id,
 * row_number)`: of those that `condition` holds for, the first of each enrollment that no earlier row of the operation
 * was applied for. `unmatched (row_number, code, column_name, params)`: the mistakes of the other rows, but for those
 * that `condition` refuses.
 *
 * @param condition of `m`, a row of `matched`
 */
export function matchedRecords(condition = 'true'): string {
  return `
found as (
  select i.row_number, d.id as design_id, r.id as record_id, d.email_field, r.fields
  from input i
  left join lateral (
    select id, email_field from enrollment_designs
    where workflow_id = i.workflow_id::uuid and tenant_id = $1 limit 1) d on true
  left join lateral (
    select id, fields from enrollment_records
    where id = case when i.record_key ~ '^[1-9][0-9]{0,17}$' then i.record_key::bigint end
      and design_id = d.id and tenant_id = $1 limit 1) r on true
  where not i.refused
),
-- In the order of their ids, so that nobody waits for each other in a circle; one that is deleted at this moment is not there.
held as (
  select id from enrollment_records where id in (select record_id from found) order by id for no key update
),
matched as (
  select f.row_number, f.record_id, f.email_field, f.fields from found f join held h on h.id = f.record_id
),
repeated as (
  select m.row_number, k.row_number as first_row
  from matched m cross join lateral (
    select row_number from operation_keys where operation_number = $2 and subject_id = m.record_id limit 1) k
),
fit as (
  select m.record_id, m.row_number from matched m
  where ${condition} and m.row_number not in (select row_number from repeated)
),
firsts as (select record_id, min(row_number) as row_number from fit group by record_id),
marked as (
  insert into operation_keys (operation_number, subject_id, tenant_id, row_number)
  select $2, record_id, $1, row_number from firsts
  returning subject_id as record_id, row_number
),
unmatched as (
  select row_number, case when design_id is null then 'DESIGN_NOT_FOUND' else 'ENROLLMENT_NOT_FOUND' end as code,
    'id' as column_name, null::jsonb as params
  from found where row_number not in (select row_number from matched)
  union all
  select row_number, 'DUPLICATE_KEY', 'id', jsonb_build_object('firstRow', first_row) from repeated
  union all
  select f.row_number, 'DUPLICATE_KEY', 'id', jsonb_build_object('firstRow', m.row_number)
  from fit f join marked m using (record_id) where f.row_number > m.row_number
)`
}
