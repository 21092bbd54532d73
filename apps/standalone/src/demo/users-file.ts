import { faker } from '@faker-js/faker/locale/ja'
import iconv from 'iconv-lite'
import { type ExpectedFailure, FLAWS, type Flaw } from './flaws.ts'

const SEED = 20_261_121
/** Prime to the number of flaws: they are spread over the file and their kinds take turns. */
const FIRST_FAULT = 151
const FAULT_EVERY = 293

const USER_COLUMNS = [
  'userId',
  'firstName',
  'lastName',
  'email',
  'mobile',
  'locale',
  'locked',
  'group',
  'department',
] as const

/** A user as the file tells it, cells by column. */
export type DemoUser = Readonly<Record<(typeof USER_COLUMNS)[number], string>>

export interface UsersFile {
  readonly bytes: Buffer
  /** Every row's user as it was before it was spoiled; the first is row 1. */
  readonly users: readonly DemoUser[]
  /** What is wrong with which row. */
  readonly failures: ReadonlyMap<number, ExpectedFailure>
}

/** A CSV of Japanese users in Shift_JIS, some of its rows bad; the same for the same number of rows. */
export function makeUsersFile(rows: number): UsersFile {
  faker.seed(SEED)
  const users = Array.from({ length: rows }, (_, index) => makeUser(index + 1))
  const flaws = placeFlaws(rows)
  const lines = users.map((user, index) => encodeRow(user, users[index - 1], flaws.get(index + 1)))
  return {
    bytes: Buffer.concat([encode(`${USER_COLUMNS.join(',')}\r\n`), ...lines]),
    users,
    failures: new Map([...flaws].map(([row, { code, column }]) => [row, { code, column }])),
  }
}

// Some of their characters have the bytes of `\`, `|` or `}` as their second byte: what a reader of bytes trips over.
const DEPARTMENTS = [
  '営業部',
  '開発部',
  '人事部',
  '総務部',
  '経理部',
  'ソフトウェア表示部',
  '予算構成部',
  '開発部, 東京',
  '営業部, 大阪',
]

function makeUser(row: number): DemoUser {
  const { person, helpers } = faker
  const userId = `u${String(row).padStart(6, '0')}`
  return {
    userId,
    firstName: person.firstName(),
    lastName: person.lastName(),
    email: `${userId}@example.jp`,
    mobile: `+8190${String(10_000_000 + row)}`,
    locale: 'ja-JP',
    locked: helpers.arrayElement(['', '', '', 'FALSE', 'TRUE']),
    group: helpers.arrayElement(['', 'All Users']),
    department: helpers.arrayElement(DEPARTMENTS),
  }
}

function placeFlaws(rows: number): Map<number, Flaw> {
  const flaws = new Map<number, Flaw>()
  for (let row = FIRST_FAULT, n = 0; row <= rows; row += FAULT_EVERY, n++) {
    const flaw = FLAWS[n % FLAWS.length]
    if (flaw !== undefined) flaws.set(row, flaw)
  }
  return flaws
}

function encodeRow(user: DemoUser, before: DemoUser | undefined, flaw: Flaw | undefined): Buffer {
  const told = flaw?.spoil?.(user, before ?? user) ?? user
  const cells = USER_COLUMNS.map((column) => quoted(told[column]))
  const line = `${cells.join(',')}\r\n`
  return flaw?.write?.(line) ?? encode(line)
}

function quoted(cell: string): string {
  return cell.includes(',') ? `"${cell}"` : cell
}

function encode(text: string): Buffer {
  return iconv.encode(text, 'Shift_JIS')
}
