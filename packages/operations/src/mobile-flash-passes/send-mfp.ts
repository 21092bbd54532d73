import { enrollmentOperation } from '../enrollment-records/enrollment-operation.ts'
import { matchedRecords } from '../enrollment-records/matched-records.ts'

// An address as the reader of email columns takes it, as far as it keeps a mail from going to several people or none.
const ADDRESS = `'^[^[:space:]@"(),:;<>[\\\\\\]]{1,64}@[^[:space:]@"(),:;<>[\\\\\\]]{3,253}$'`

// A pass that is in force is sent again: its holder has one.
const STATEMENT = `${matchedRecords(`m.fields ->> m.email_field ~ ${ADDRESS}`)},
issued as (
  insert into passes (tenant_id, record_id, operation_number, row_number)
  select $1, record_id, $2, row_number from marked order by record_id
  on conflict (record_id) where voided_at is null do update set
    operation_number = excluded.operation_number, row_number = excluded.row_number, issued_at = now()
  returning id, row_number
),
deferred as (select row_number, id as subject_id from issued),
succeeded as (select null::bigint as row_number where false),
unchanged as (select null::bigint as row_number where false),
mistakes as (
  select * from unmatched
  union all
  select row_number, case when fields ->> email_field is null then 'NO_ADDRESS' else 'INVALID_EMAIL' end, 'id', null
  from matched m
  where (m.fields ->> m.email_field ~ ${ADDRESS}) is not true
    and m.row_number not in (select row_number from repeated)
)`

/** Issues a mobile flash pass for each enrollment, and mails its holder the links to it. */
export const sendMfp = enrollmentOperation({
  type: 'SEND_MFP',
  title: 'Send mobile flash passes',
  permission: 'ISSUANCE:ADD',
  options: () => null,
  statement: STATEMENT,
})
