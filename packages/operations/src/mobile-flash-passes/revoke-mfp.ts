import { enrollmentOperation } from '../enrollment-records/enrollment-operation.ts'
import { matchedRecords } from '../enrollment-records/matched-records.ts'

const HAS_PASS = 'exists (select from passes where record_id = m.record_id)'

// Apple's devices ask for what has changed. Google is told, also again of a pass that is void already: whether it
// heard of it the first time is not known here.
const STATEMENT = `${matchedRecords(HAS_PASS)},
voided as (
  update passes p set voided_at = now(), changed_at = now()
  from marked m where p.record_id = m.record_id and p.voided_at is null
  returning p.id, m.row_number, p.google_claimed_at
),
-- a pass that was void before, as it was; of one that is made void, what may have changed since is known by the update
latest as (
  select m.row_number, p.id, v.id is not null as is_news,
    case when v.id is null then p.google_claimed_at else v.google_claimed_at end as google_claimed_at
  from marked m left join voided v using (row_number) cross join lateral (
    select id, google_claimed_at from passes where record_id = m.record_id order by id desc limit 1) p
),
deferred as (select row_number, id as subject_id from latest where google_claimed_at is not null),
succeeded as (select row_number from latest where google_claimed_at is null and is_news),
unchanged as (select row_number from latest where google_claimed_at is null and not is_news),
mistakes as (
  select * from unmatched
  union all
  select row_number, 'PASS_NOT_FOUND', 'id', null from matched m
  where not ${HAS_PASS} and m.row_number not in (select row_number from repeated)
)`

/** Makes the passes of enrollments void: their links are dead, and the wallets are told. */
export const revokeMfp = enrollmentOperation({
  type: 'REVOKE_MFP',
  title: 'Revoke mobile flash passes',
  permission: 'ISSUANCE:REMOVE',
  options: () => null,
  statement: STATEMENT,
})
