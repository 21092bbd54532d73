import { email, flag, phone, rowOperation, text } from '@muster/engine'

/** Creates users. A `userId` that the directory has already fails its row. */
export const importUsers = rowOperation({
  type: 'IMPORT_USERS',
  title: 'Import users',
  permission: 'BULKUSERS:ADD',
  options: () => null,
  columns: () => [
    text('userId', 'user_id', { required: true, example: ['alice', 'bob'] }),
    text('firstName', 'first_name', { example: ['Alice', 'Bob'] }),
    text('lastName', 'last_name', { example: ['Anders', 'Brown'] }),
    email('email', 'email', { example: ['alice@example.com', 'bob@example.com'] }),
    phone('mobile', 'mobile', { example: ['+14155550101', '+14155550102'] }),
    phone('phone', 'phone', { example: ['+14155550111', ''] }),
    text('userPrincipalName', 'user_principal_name', { example: ['alice@corp.example.com', ''] }),
    text('securityID', 'security_id', { example: ['', ''] }),
    text('externalID', 'external_id', { example: ['E-1001', 'E-1002'] }),
    text('state', 'state', { max: 64, example: ['ACTIVE', 'ACTIVE'] }),
    text('locale', 'locale', { max: 35, example: ['en-US', 'de-CH'] }),
    flag('locked', 'locked', { example: ['FALSE', ''] }),
    text('group', 'group_name', { example: ['All Users', ''] }),
  ],
  otherColumn: (name) => text(name, 'attributes', { max: 1024, example: ['', ''] }),
  key: 'userId',
  apply: () => STATEMENT,
})

// Lookups are lateral with a limit, so that they stay lookups by index whatever the planner knows of the tables.
const STATEMENT = `
known as (
  select i.row_number, u.operation_number is not distinct from $2 as mine, u.row_number as first_row
  from input i cross join lateral (
    select operation_number, row_number from users where tenant_id = $1 and user_id = i.user_id limit 1) u
),
homes as (
  select i.row_number, g.id as group_id
  from input i left join lateral (
    select id from groups where tenant_id = $1 and name = i.group_name limit 1) g on true
  where i.group_name is not null
),
-- of the rows that could create a user, the first of each key
firsts as (
  select distinct on (i.user_id) i.*, h.group_id
  from input i left join known k using (row_number) left join homes h using (row_number)
  where not i.refused and k.row_number is null and (i.group_name is null or h.group_id is not null)
  order by i.user_id, i.row_number
),
created as (
  insert into users (tenant_id, user_id, first_name, last_name, email, mobile, phone, user_principal_name, security_id,
    external_id, state, locale, locked, attributes, operation_number, row_number)
  select $1, user_id, first_name, last_name, email, mobile, phone, user_principal_name, security_id,
    external_id, state, locale, coalesce(locked, false), attributes, $2, row_number
  from firsts
  on conflict (tenant_id, user_id) do nothing
  returning id, row_number
),
joined as (
  insert into user_groups (user_id, group_id, tenant_id)
  select c.id, f.group_id, $1 from created c join firsts f using (row_number) where f.group_id is not null
),
-- a first that created nothing lost to another operation that made the same user at this moment
settled as (
  select f.user_id, f.row_number, c.id is not null as won from firsts f left join created c using (row_number)
),
succeeded as (select row_number from created),
unchanged as (select null::bigint as row_number where false),
mistakes as (
  select row_number, 'GROUP_NOT_FOUND' as code, 'group' as column_name, null::jsonb as params
  from homes where group_id is null
  union all
  select row_number, case when mine then 'DUPLICATE_KEY' else 'USER_EXISTS' end, 'userId',
    case when mine then jsonb_build_object('firstRow', first_row) end
  from known
  union all
  select i.row_number, case when s.won then 'DUPLICATE_KEY' else 'USER_EXISTS' end, 'userId',
    case when s.won then jsonb_build_object('firstRow', s.row_number) end
  from input i join settled s using (user_id)
  where i.row_number > s.row_number or (i.row_number = s.row_number and not s.won)
)`
