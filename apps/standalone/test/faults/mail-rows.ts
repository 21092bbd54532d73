import { randomUUID } from 'node:crypto'
import { decodeEnrollmentId, encodeEnrollmentId } from '@muster/contracts'
import { createEnrollments, type GivenField } from './mail-requests.ts'
import { REFUSED, REFUSED_LATE } from './mail-server.ts'
import type { Access } from './requests.ts'
import type { Planted } from './upload.ts'

/** What all addresses end with, and nothing else does. */
export const MAIL_DOMAIN = 'mail.example.com'
/** The last name of everybody. */
export const MAILED_NAME = 'Lovelace-Byron'

/** One row in so many is bad. */
const BAD_EVERY = 10
const BAD_AT = 7
/** As the vendor publishes it: its JSON is broken. */
const UNDECODABLE =
  'eyJ3b3JrZmxvd0lkIjoiOTI1MDkwYWEtZGVjYy00MGZlLWIzZTQtMTYwMjFjNjU5MmIwIiwid2hlcmVDbGF1c2UiOnsiUVVJQ0tTVEFSVFBSSU1BUllLRVkiOiIxNCJ8fQ'
const NO_RECORD = '999999999999'

/** Ids to send passes to, whose outcome is known. */
export interface MailRows {
  /** Row n is the id at n - 1. */
  readonly ids: readonly string[]
  /** In row order. */
  readonly planted: readonly Planted[]
  /** The rows that a mail is to be taken of, by their addresses. */
  readonly rowOf: ReadonlyMap<string, number>
  /** Rows of which a mail is sent and refused. */
  readonly refused: ReadonlySet<number>
}

/** What a row is: a person that there is, with that address or none; or an id that another row or nobody has. */
type Kind =
  | { readonly person: true; readonly address: string | null }
  | { readonly person: false; readonly id: (context: Context) => string }

interface Context {
  /** The design's. */
  readonly workflowId: string
  /** Of the row of that number, which is a person's. */
  idOf(row: number): string
}

interface MadeRow {
  readonly kind: Kind
  readonly mistake: Omit<Planted, 'row'> | null
}

/** The ways to be bad, for the row of number n. The row before it is good, and so is the first. */
const WAYS: readonly ((n: number, name: string) => MadeRow)[] = [
  () => bad('INVALID_ENROLLMENT_ID', { person: false, id: () => UNDECODABLE }),
  (n, name) => refused(`${REFUSED}${addressOf(n, name)}`),
  (n) => ({
    kind: { person: false, id: ({ idOf }) => otherSpelling(idOf(n - 1)) },
    mistake: { code: 'DUPLICATE_KEY', column: 'id', firstRow: n - 1 },
  }),
  () =>
    bad('DESIGN_NOT_FOUND', { person: false, id: () => encodeEnrollmentId({ workflowId: randomUUID(), key: '1' }) }),
  () =>
    bad('ENROLLMENT_NOT_FOUND', {
      person: false,
      id: ({ workflowId }) => encodeEnrollmentId({ workflowId, key: NO_RECORD }),
    }),
  () => bad('NO_ADDRESS', { person: true, address: null }),
  (n, name) => refused(`${REFUSED_LATE}${addressOf(n, name)}`),
  () => ({
    kind: { person: false, id: ({ idOf }) => idOf(1) },
    mistake: { code: 'DUPLICATE_KEY', column: 'id', firstRow: 1 },
  }),
]

/**
 * Makes so many ids, and the enrollments that they are of.
 *
 * @param name unlike all others of the same Muster; in lower case
 */
export async function makeMailRows(access: Access, name: string, rows: number): Promise<MailRows> {
  const made = Array.from({ length: rows }, (_, index) => madeRow(index + 1, name))
  const people = made.flatMap(({ kind }, index) =>
    kind.person ? [{ row: index + 1, fields: fieldsOf(index + 1, name, kind.address) }] : [],
  )
  const created = await createEnrollments(
    access,
    people.map(({ fields }) => fields),
  )
  const idByRow = new Map(people.map(({ row }, index) => [row, created[index] ?? '']))
  const context: Context = {
    workflowId: decodeEnrollmentId(created[0] ?? '')?.workflowId ?? '',
    idOf: (row) => idByRow.get(row) ?? '',
  }
  const numbered = made.map((each, index) => ({ ...each, row: index + 1 }))
  return {
    ids: numbered.map(({ kind, row }) => (kind.person ? inSomeSpelling(context.idOf(row), row) : kind.id(context))),
    planted: numbered.flatMap(({ row, mistake }) => (mistake === null ? [] : [{ row, ...mistake }])),
    rowOf: new Map(
      numbered.flatMap(({ row, kind, mistake }) =>
        mistake === null && kind.person && kind.address !== null ? [[kind.address, row]] : [],
      ),
    ),
    refused: new Set(numbered.flatMap(({ row, mistake }) => (mistake?.code === 'MAIL_REFUSED' ? [row] : []))),
  }
}

function madeRow(n: number, name: string): MadeRow {
  if (n % BAD_EVERY !== BAD_AT) return { kind: { person: true, address: addressOf(n, name) }, mistake: null }
  const way = WAYS[Math.floor(n / BAD_EVERY) % WAYS.length]
  if (way === undefined) throw new RangeError('there is no way to be bad')
  return way(n, name)
}

function bad(code: string, kind: Kind): MadeRow {
  return { kind, mistake: { code, column: 'id', firstRow: null } }
}

function refused(address: string): MadeRow {
  return { kind: { person: true, address }, mistake: { code: 'MAIL_REFUSED', column: null, firstRow: null } }
}

function addressOf(n: number, name: string): string {
  return `${name}-${n}@${MAIL_DOMAIN}`
}

function fieldsOf(n: number, name: string, address: string | null): readonly GivenField[] {
  return [
    { name: 'FirstName', value: `Ada ${n}` },
    { name: 'LastName', value: MAILED_NAME },
    { name: 'EmployeeNumber', value: `${name}-${n}` },
    ...(address === null ? [] : [{ name: 'Email', value: address }]),
  ]
}

function inSomeSpelling(id: string, row: number): string {
  return row % 2 === 0 ? id : otherSpelling(id)
}

/** In the other alphabet of Base64, padded. */
function otherSpelling(id: string): string {
  return Buffer.from(id, 'base64url').toString('base64')
}
