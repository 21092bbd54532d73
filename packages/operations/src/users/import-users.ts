import { email, flag, phone, rowOperation, text } from '@muster/engine'

/** Creates users. A `userId` that the directory has already fails its row. */
export const importUsers = rowOperation({
  type: 'IMPORT_USERS',
  title: 'Import users',
  permission: 'BULKUSERS:ADD',
  options: () => null,
  columns: () => [
    text('userId', 'user_id', {
      required: true,
      description: 'Names the user; there is one of it.',
      example: ['alice', 'bob'],
    }),
    text('firstName', 'first_name', { example: ['Alice', 'Bob'] }),
    text('lastName', 'last_name', { example: ['Anders', 'Brown'] }),
    email('email', 'email', { example: ['alice@example.com', 'bob@example.com'] }),
    phone('mobile', 'mobile', { example: ['+14155550101', '+14155550102'] }),
    phone('phone', 'phone', { example: ['+14155550111', ''] }),
    text('userPrincipalName', 'user_principal_name', { example: ['alice@corp.example.com', ''] }),
    text('securityID', 'security_id', { description: 'An id of a security system.', example: ['', ''] }),
    text('externalID', 'external_id', {
      description: 'The id that the system of origin gave.',
      example: ['E-1001', 'E-1002'],
    }),
    text('state', 'state', { max: 64, example: ['ACTIVE', 'ACTIVE'] }),
    text('locale', 'locale', { max: 35, description: 'A language tag: RFC 5646.', example: ['en-US', 'de-CH'] }),
    flag('locked', 'locked', { example: ['FALSE', ''] }),
    text('group', 'group_name', { description: 'The name of a group that exists.', example: ['All Users', ''] }),
  ],
  otherColumn: (name) => text(name, 'attributes', { max: 1024, example: ['', ''] }),
  key: 'userId',
  content: null,
  isOrdered: false,
  isDeferred: false,
  apply: () => STATEMENT,
})

// Rows are inserted in file order and a key that is there already inserts nothing, so the first of a key wins, within
// the chunk and before it, without looking anything up: only rows that made no user are asked why.
// Lookups are lateral with a limit, so that they stay lookups by index whatever the planner knows of the tables.
const STATEMENT = `
housed as (
  select i.*, g.id as group_id, i.group_name is null or g.id is not null as has_home
  from input i left join lateral (
    select id from groups where tenant_id = $1 and name = i.group_name limit 1) g on true
),
created as (
  insert into users (tenant_id, user_id, first_name, last_name, email, mobile, phone, user_principal_name, security_id,
    external_id, state, locale, locked, attributes, operation_number, row_number)
  select $1, user_id, first_name, last_name, email, mobile, phone, user_principal_name, security_id,
    external_id, state, locale, coalesce(locked, false), attributes, $2, row_number
  from housed
  where has_home and not refused
  order by row_number
  on conflict (tenant_id, user_id) do nothing
  returning id, user_id, row_number
),
joined as (
  insert into user_groups (user_id, group_id, tenant_id)
  select c.id, h.group_id, $1 from created c join housed h using (row_number) where h.group_id is not null
),
others as (
  select h.row_number, h.user_id, h.refused, h.has_home
  from housed h left join created c using (row_number) where c.row_number is null
),
explained as (
  select o.*, u.user_id is not null as known,
    case when u.user_id is null then c.row_number when u.operation_number = $2 then u.row_number end as first_row
  from others o
  left join lateral (
    select user_id, operation_number, row_number from users where tenant_id = $1 and user_id = o.user_id limit 1) u on true
  left join created c on c.user_id = o.user_id and c.row_number < o.row_number
),
succeeded as (select row_number from created),
unchanged as (select null::bigint as row_number where false),
mistakes as (
  select row_number, 'GROUP_NOT_FOUND' as code, 'group' as column_name, null::jsonb as params
  from others where not has_home
  union all
  select row_number, 'DUPLICATE_KEY', 'userId', jsonb_build_object('firstRow', first_row)
  from explained where first_row is not null
  union all
  -- neither known nor repeated, nothing wrong with it, and yet not made: another operation made it at this moment
  select row_number, 'USER_EXISTS', 'userId', null
  from explained where first_row is null and (known or (has_home and not refused))
)`
