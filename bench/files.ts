import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

const ROWS_AT_ONCE = 2_000

/** A kind of file: its header, and the row of a number from 1. */
export interface Kind {
  readonly header: readonly string[]
  row(n: number): string
}

/** The eight columns of the users' files, each with the column of the table that it fills. */
export const USER_COLUMNS = {
  userId: 'user_id',
  firstName: 'first_name',
  lastName: 'last_name',
  email: 'email',
  mobile: 'mobile',
  externalID: 'external_id',
  state: 'state',
  locale: 'locale',
} as const

const FIRST = ['Ada', 'Grace', 'Edsger', 'Barbara', 'Donald', 'Frances', 'Niklaus', 'Radia', 'Tony', 'Margaret']
const LAST = [
  'Lovelace',
  'Hopper',
  'Dijkstra',
  'Liskov',
  'Knuth',
  'Allen',
  'Wirth',
  'Perlman',
  'Hoare',
  'Hamilton',
  'Turing',
]

/** Users that are all new and right. */
export const users: Kind = userKind(
  (n) => `u${padded(n)}`,
  (n) => emailOf(n),
)

/** Users that are all new, each with an address that is none. */
export const badUsers: Kind = userKind(
  (n) => `b${padded(n)}`,
  (n) => emailOf(n).replace('@', '.'),
)

/** Rows that are all about one user: the first makes it, the others fail. */
export const oneUser: Kind = userKind(
  () => 'onlyone',
  (n) => `only.${emailOf(n)}`,
)

/** Enrollments of the users in two factors, by email and by Google Authenticator. */
export const enrollments: Kind = {
  header: ['Primary Email', 'Email', 'Google Authenticator Secret Key'],
  row: (n) => `${emailOf(n)},${emailOf(n)},${secretOf(n)}`,
}

/** Writes a file of that many rows. */
export async function writeFile(path: string, kind: Kind, rows: number): Promise<void> {
  const blocks = function* (): Generator<string> {
    yield `${kind.header.join(',')}\n`
    for (let first = 1; first <= rows; first += ROWS_AT_ONCE) {
      let block = ''
      for (let n = first; n < first + ROWS_AT_ONCE && n <= rows; n++) block += `${kind.row(n)}\n`
      yield block
    }
  }
  await pipeline(Readable.from(blocks()), createWriteStream(path))
}

function userKind(userId: (n: number) => string, email: (n: number) => string): Kind {
  return {
    header: Object.keys(USER_COLUMNS),
    row: (n) =>
      `${userId(n)},${firstOf(n)},${lastOf(n)},${email(n)},+1415${padded(n).slice(1)},E-${padded(n)},ACTIVE,en-US`,
  }
}

function firstOf(n: number): string {
  return FIRST[n % FIRST.length] ?? ''
}

function lastOf(n: number): string {
  return LAST[n % LAST.length] ?? ''
}

/** The address of the user of a number. */
export function emailOf(n: number): string {
  return `${firstOf(n)}.${lastOf(n)}.${padded(n)}@mail.example.com`
}

function padded(n: number): string {
  return String(n).padStart(8, '0')
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

function secretOf(n: number): string {
  let secret = ''
  for (let i = 0, state = n; i < 16; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    secret += BASE32[state >>> 27] ?? ''
  }
  return secret
}
