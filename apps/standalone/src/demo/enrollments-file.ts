import { faker } from '@faker-js/faker/locale/ja'
import type { ExpectedFailure } from './flaws.ts'
import type { DemoUser, UsersFile } from './users-file.ts'

const SEED = 20_261_122
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const COLUMNS = ['Primary Email', 'Email', 'Mobile Number', 'Google Authenticator Secret Key'] as const

/** The factors that the file enrolls in. */
export const DEMO_FACTORS = ['EmailAuthenticator', 'SMSAuthenticator', 'GoogleAuthenticator'] as const

type EnrollmentRow = Readonly<Record<(typeof COLUMNS)[number], string>>

interface EnrollmentFlaw extends ExpectedFailure {
  readonly spoil: (row: EnrollmentRow, before: DemoUser) => EnrollmentRow
}

const FLAWS: readonly EnrollmentFlaw[] = [
  {
    code: 'INVALID_VALUE',
    column: 'Google Authenticator Secret Key',
    spoil: (row) => ({ ...row, 'Google Authenticator Secret Key': 'not-base32' }),
  },
  {
    code: 'NO_FACTOR',
    column: null,
    spoil: (row) => ({ ...row, Email: '', 'Mobile Number': '', 'Google Authenticator Secret Key': '' }),
  },
  {
    code: 'DUPLICATE_KEY',
    column: 'Primary Email',
    spoil: (row, before) => ({ ...row, 'Primary Email': before.email }),
  },
  { code: 'INVALID_PHONE', column: 'Mobile Number', spoil: (row) => ({ ...row, 'Mobile Number': '0' }) },
]

const FIRST_FAULT = 1_201
const FAULT_EVERY = 1_103

export interface EnrollmentsFile {
  readonly bytes: Buffer
  readonly rows: number
  readonly failures: ReadonlyMap<number, ExpectedFailure>
}

/**
 * A CSV in UTF-8 that enrolls every user of the users file in three factors. Those who were not
 * imported fail, and so do some rows that are bad themselves.
 */
export function makeEnrollmentsFile({ users, failures: notImported }: UsersFile): EnrollmentsFile {
  faker.seed(SEED)
  const failures = new Map<number, ExpectedFailure>()
  const lines = users.map((user, index) => {
    const row = index + 1
    const before = users[index - 1]
    const flaw = notImported.has(row) || before === undefined || notImported.has(index) ? undefined : flawOf(row)
    if (notImported.has(row)) failures.set(row, { code: 'USER_NOT_FOUND', column: 'Primary Email' })
    if (flaw === undefined || before === undefined) return write(enrollment(user))
    failures.set(row, { code: flaw.code, column: flaw.column })
    return write(flaw.spoil(enrollment(user), before))
  })
  return { bytes: Buffer.from([COLUMNS.join(','), ...lines, ''].join('\n')), rows: users.length, failures }
}

function flawOf(row: number): EnrollmentFlaw | undefined {
  const n = (row - FIRST_FAULT) / FAULT_EVERY
  return n >= 0 && Number.isInteger(n) ? FLAWS[n % FLAWS.length] : undefined
}

function enrollment({ email, mobile }: DemoUser): EnrollmentRow {
  const key = faker.string.fromCharacters(BASE32, 32)
  return { 'Primary Email': email, Email: email, 'Mobile Number': mobile, 'Google Authenticator Secret Key': key }
}

function write(row: EnrollmentRow): string {
  return COLUMNS.map((column) => row[column]).join(',')
}
