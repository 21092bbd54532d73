import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { expect } from 'vitest'
import { query } from './record.ts'
import type { Planted, UploadKind } from './upload.ts'

const HEADER = 'userId,firstName,lastName,email,mobile,locale,department,group'
/** One row in so many is bad: 24 of 120,000. */
const BAD_EVERY = 5_000
const BAD_AT = 17
const ROWS_AT_ONCE = 2_000

/** Users that are all new. Row n of the upload `x` is the user `x-<n>`, but for those planted to fail. */
export const users: UploadKind = {
  title: 'users',
  rows: 120_000,
  async make({ supervisor }, name, rows) {
    const file = { path: join(supervisor.dataFolder, `${name}.csv`), prefix: `${name}-`, rows }
    const planted = await writeUsersFile(file)
    return {
      form: { fields: { type: 'IMPORT_USERS', encoding: 'UTF-8' }, path: file.path, fileName: 'users.csv' },
      rows,
      planted,
      unchanged: [],
      secrets: [file.prefix, 'Lovelace', '+14150000'],
      expectMade: (databaseUrl, operationId) => expectUsers(databaseUrl, operationId, { ...file, planted }),
    }
  },
}

interface UsersFile {
  readonly path: string
  readonly prefix: string
  readonly rows: number
}

/** Ways to be bad. Row n's cells are those of user `id`. */
const BAD_WAYS: readonly { code: string; column: string | null; line: (id: string, n: number) => string }[] = [
  { code: 'INVALID_EMAIL', column: 'email', line: (id) => `${id},Ada,Lovelace,${id}.example.com,,en-GB,Engines,` },
  { code: 'REQUIRED', column: 'userId', line: () => ',Ada,Lovelace,nobody@example.com,,en-GB,Engines,' },
  { code: 'INVALID_PHONE', column: 'mobile', line: (id) => `${id},Ada,Lovelace,,0171 5550101,en-GB,Engines,` },
  { code: 'GROUP_NOT_FOUND', column: 'group', line: (id) => `${id},Ada,Lovelace,,,en-GB,Engines,No such group` },
  { code: 'MALFORMED_ROW', column: null, line: (id) => `${id},Ada "the Countess,Lovelace,,,en-GB,Engines,` },
  { code: 'MALFORMED_ROW', column: null, line: (id) => `${id},Ada,Lovelace` },
]

/** Returns what is planted. A row that repeats the first user's id is the last of it. */
async function writeUsersFile({ path, prefix, rows }: UsersFile): Promise<readonly Planted[]> {
  const planted: Planted[] = []
  const blocks = function* (): Generator<string> {
    yield `${HEADER}\n`
    for (let first = 1; first <= rows; first += ROWS_AT_ONCE) {
      let block = ''
      for (let n = first; n < first + ROWS_AT_ONCE && n <= rows; n++) block += `${lineOf(prefix, n, rows, planted)}\n`
      yield block
    }
  }
  await pipeline(Readable.from(blocks()), createWriteStream(path))
  return planted
}

function lineOf(prefix: string, n: number, rows: number, planted: Planted[]): string {
  const id = `${prefix}${n}`
  if (n === rows) {
    planted.push({ row: n, code: 'DUPLICATE_KEY', column: 'userId', firstRow: 1 })
    return good(`${prefix}1`, n)
  }
  if (n % BAD_EVERY !== BAD_AT) return good(id, n)
  const way = BAD_WAYS[planted.length % BAD_WAYS.length]
  if (way === undefined) throw new RangeError('there is no way to be bad')
  planted.push({ row: n, code: way.code, column: way.column, firstRow: null })
  return way.line(id, n)
}

function good(id: string, n: number): string {
  const mobile = `+1415${String(n).padStart(7, '0')}`
  return `${id},Ada${n},Lovelace,${id}@example.com,${mobile},en-GB,Engines,${n % 10 === 0 ? 'All Users' : ''}`
}

const DIRECTORY = `
  with operation as (select number from operations where id = $1),
  wanted as (
    select n, $2::text || n as user_id from generate_series(1, $3::int) n where n <> all ($4::int[])
  ),
  there as (select * from users where operation_number = (select number from operation) or user_id ^@ $2::text)
  select
    (select count(*)::int from there) as users,
    (select count(distinct (tenant_id, user_id))::int from there) as distinct,
    -- rows that should have made a user and did not
    (select count(*)::int from wanted w where not exists (select from there t where t.user_id = w.user_id)) as missing,
    -- users that no row, or another row, should have made
    (select count(*)::int from there t left join wanted w using (user_id)
      where w.n is null or t.row_number <> w.n or t.email is distinct from t.user_id || '@example.com'
        or t.first_name is distinct from 'Ada' || w.n
        or t.operation_number is distinct from (select number from operation)) as wrong,
    (select count(*)::int from user_groups g where exists (select from there t where t.id = g.user_id)) as memberships`

/** Looks at every user of the file by set, not by sample. */
async function expectUsers(
  databaseUrl: string,
  operationId: string,
  { prefix, rows, planted }: UsersFile & { readonly planted: readonly Planted[] },
): Promise<void> {
  const bad = planted.map(({ row }) => row)
  const good = rows - bad.length
  // Every tenth row joins a group, and none of those is bad but the last.
  expect(await query(databaseUrl, DIRECTORY, [operationId, prefix, rows, bad])).toEqual([
    { users: good, distinct: good, missing: 0, wrong: 0, memberships: rows / 10 - 1 },
  ])
}
