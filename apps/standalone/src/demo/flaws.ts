import type { RowCode } from '@muster/contracts'
import iconv from 'iconv-lite'
import type { DemoUser } from './users-file.ts'

/** What the import should tell about a bad row; `column` is null when the whole row is meant. */
export interface ExpectedFailure {
  readonly code: RowCode
  readonly column: string | null
}

/** One way in which a row of the users file is bad: in what it says, or in how it is written. */
export interface Flaw extends ExpectedFailure {
  /** @param before the user of the row before, which is good */
  readonly spoil?: (user: DemoUser, before: DemoUser) => DemoUser
  /** The row's bytes, from its line as it would be written. */
  readonly write?: (line: string) => Buffer
}

/** Never part of a character in Shift_JIS. */
const BROKEN_BYTE = Buffer.of(0xff)

export const FLAWS: readonly Flaw[] = [
  { code: 'INVALID_EMAIL', column: 'email', spoil: (user) => ({ ...user, email: `${user.userId}.example.jp` }) },
  { code: 'INVALID_PHONE', column: 'mobile', spoil: (user) => ({ ...user, mobile: '090-1234-5678' }) },
  { code: 'REQUIRED', column: 'userId', spoil: (user) => ({ ...user, userId: '' }) },
  { code: 'DUPLICATE_KEY', column: 'userId', spoil: (user, { userId }) => ({ ...user, userId }) },
  { code: 'GROUP_NOT_FOUND', column: 'group', spoil: (user) => ({ ...user, group: '退職者' }) },
  { code: 'INVALID_VALUE', column: 'locked', spoil: (user) => ({ ...user, locked: 'はい' }) },
  { code: 'TOO_LONG', column: 'firstName', spoil: (user) => ({ ...user, firstName: '寿限無'.repeat(100) }) },
  // a quote that is never closed: as a CSV it would swallow the rows after it
  { code: 'MALFORMED_ROW', column: null, write: (line) => encode(line.replace(',', ',"')) },
  // a quote in the middle of a cell
  { code: 'MALFORMED_ROW', column: null, write: (line) => encode(line.replace('ja-JP', 'ja"JP')) },
  // too few cells
  { code: 'MALFORMED_ROW', column: null, write: (line) => encode(`${line.split(',').slice(0, 4).join(',')}\r\n`) },
  { code: 'INVALID_BYTES', column: null, write: breakByte },
]

function breakByte(line: string): Buffer {
  const cell = line.indexOf(',') + 1
  return Buffer.concat([encode(line.slice(0, cell)), BROKEN_BYTE, encode(line.slice(cell))])
}

function encode(text: string): Buffer {
  return iconv.encode(text, 'Shift_JIS')
}
