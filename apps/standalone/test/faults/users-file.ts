import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** A row that must fail, and how. */
export interface Planted {
  readonly row: number
  readonly code: string
  readonly column: string | null
}

/** A file of users whose outcome is known. Row n is the user `<prefix><n>`, but for those planted to fail. */
export interface UsersFile {
  readonly path: string
  readonly prefix: string
  readonly rows: number
  /** In row order. */
  readonly planted: readonly Planted[]
}

const HEADER = 'userId,firstName,lastName,email,mobile,locale,department,group'
/** One row in so many is bad: 40 of 200,000. */
const BAD_EVERY = 5_000
const BAD_AT = 17
const ROWS_AT_ONCE = 2_000

/** Ways to be bad. Row n's cells are those of user `id`. */
const BAD_WAYS: readonly { code: string; column: string | null; line: (id: string, n: number) => string }[] = [
  { code: 'INVALID_EMAIL', column: 'email', line: (id) => `${id},Ada,Lovelace,${id}.example.com,,en-GB,Engines,` },
  { code: 'REQUIRED', column: 'userId', line: () => ',Ada,Lovelace,nobody@example.com,,en-GB,Engines,' },
  { code: 'INVALID_PHONE', column: 'mobile', line: (id) => `${id},Ada,Lovelace,,0171 5550101,en-GB,Engines,` },
  { code: 'GROUP_NOT_FOUND', column: 'group', line: (id) => `${id},Ada,Lovelace,,,en-GB,Engines,No such group` },
  { code: 'MALFORMED_ROW', column: null, line: (id) => `${id},Ada "the Countess,Lovelace,,,en-GB,Engines,` },
  { code: 'MALFORMED_ROW', column: null, line: (id) => `${id},Ada,Lovelace` },
]

/** Writes a file of `rows` users. A row that repeats the first user's id is the last of the planted ones. */
export async function writeUsersFile(path: string, prefix: string, rows: number): Promise<UsersFile> {
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
  return { path, prefix, rows, planted }
}

function lineOf(prefix: string, n: number, rows: number, planted: Planted[]): string {
  const id = `${prefix}${n}`
  if (n === rows) {
    planted.push({ row: n, code: 'DUPLICATE_KEY', column: 'userId' })
    return good(`${prefix}1`, n)
  }
  if (n % BAD_EVERY !== BAD_AT) return good(id, n)
  const way = BAD_WAYS[planted.length % BAD_WAYS.length]
  if (way === undefined) throw new RangeError('there is no way to be bad')
  planted.push({ row: n, code: way.code, column: way.column })
  return way.line(id, n)
}

function good(id: string, n: number): string {
  const mobile = `+1415${String(n).padStart(7, '0')}`
  return `${id},Ada${n},Lovelace,${id}@example.com,${mobile},en-GB,Engines,${n % 10 === 0 ? 'All Users' : ''}`
}
