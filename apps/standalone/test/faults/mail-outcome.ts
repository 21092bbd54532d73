import { expect } from 'vitest'
import { messages } from './mail-holds.ts'
import { passesLog, passesOperation } from './mail-requests.ts'
import { MAIL_DOMAIN, type MailRows } from './mail-rows.ts'
import type { MailServer, TakenMail } from './mail-server.ts'
import type { Muster } from './muster.ts'
import { expectGroups } from './outcome.ts'
import { failedRows, record } from './record.ts'

/** Passes that have been asked for. */
export interface Mailing extends MailRows {
  /** The operation's. */
  readonly id: string
}

/** What has become of a mailing: row numbers. */
interface Outcome {
  readonly succeeded: readonly number[]
  readonly uncertain: readonly number[]
}

/**
 * Checks a mailing that is COMPLETED: nobody got two mails, every row has one outcome, and whatever was interrupted in
 * the middle is told as such.
 *
 * @param mostUncertain how many rows at most may be told to be uncertain
 */
export async function expectAllTold(
  muster: Muster,
  server: MailServer,
  mailing: Mailing,
  mostUncertain: number,
): Promise<Outcome> {
  const url = await muster.databaseUrl()
  const taken = expectNobodyTwice(server, mailing)
  const failed = await failedRows(url, mailing.id)
  const uncertain = failed.flatMap(({ row, code }) => (code === 'DELIVERY_UNCERTAIN' ? [row] : []))
  const isUncertain = new Set(uncertain)
  expect(isUncertain.size).toBe(uncertain.length)
  expect(uncertain.filter((row) => !isMailed(mailing, row))).toEqual([])
  expect(uncertain.length).toBeLessThanOrEqual(mostUncertain)

  // All others are told as they would be if nothing had happened.
  expect(failed.filter(({ row }) => !isUncertain.has(row))).toEqual(
    mailing.planted.filter(({ row }) => !isUncertain.has(row)),
  )
  const succeeded = [...mailing.rowOf.values()].filter((row) => !isUncertain.has(row))
  expect(succeeded.filter((row) => !taken.has(row))).toEqual([])

  const total = mailing.ids.length
  const counts = { total, succeeded: succeeded.length, unchanged: 0, failed: total - succeeded.length }
  expect(await record(url, mailing.id)).toMatchObject({ state: 'COMPLETED', ...counts, done: total })
  expect(await messages(url, mailing.id)).toMatchObject({ unsettled: 0, held: 0 })
  await expectGroups(url, mailing.id, failed)
  const outcome = { succeeded, uncertain }
  await expectLog(muster, mailing, outcome)
  return outcome
}

/**
 * Checks all mails of a mailing that were taken: one to a person, and that of the person's row.
 *
 * @returns the rows whose mails were taken, with those
 */
export function expectNobodyTwice(server: MailServer, { id, rowOf }: Mailing): ReadonlyMap<number, TakenMail> {
  const mails = server.taken.filter(({ messageId }) => messageId.startsWith(`${id}.`))
  const times = new Map<string, number>()
  for (const { to } of mails) times.set(to, (times.get(to) ?? 0) + 1)
  expect([...times].filter(([, count]) => count > 1)).toEqual([])
  const taken = new Map(mails.map((mail) => [rowOf.get(mail.to) ?? 0, mail]))
  const named = mails.map(({ messageId }) => messageId.slice(0, messageId.lastIndexOf('@')))
  expect(named).toEqual([...taken.keys()].map((row) => `${id}.${row}`))
  return taken
}

/** The dialect tells the same, of each row. */
async function expectLog(muster: Muster, { id, ids, planted }: Mailing, outcome: Outcome): Promise<void> {
  const access = await muster.access()
  const isUncertain = new Set(outcome.uncertain)
  const codes = new Map(planted.map(({ row, code }) => [row, code]))
  const log = await passesLog(access, id)
  expect(log.map(({ message, ...entry }) => entry)).toEqual(
    ids.map((each, index) => {
      const code = isUncertain.has(index + 1) ? 'DELIVERY_UNCERTAIN' : codes.get(index + 1)
      const entry = { row: index + 1, id: each }
      return code === undefined ? { ...entry, outcome: 'succeeded' } : { ...entry, outcome: 'failed', code }
    }),
  )
  // The server's answers have addresses in them.
  expect(log.filter(({ message = '' }) => message.includes(MAIL_DOMAIN))).toEqual([])
  const rowsProcessed = outcome.succeeded.length
  expect(await passesOperation(access, id)).toMatchObject({
    state: 'COMPLETED',
    rowsProcessed,
    rowsFailed: ids.length - rowsProcessed,
  })
}

function isMailed({ rowOf, refused }: Mailing, row: number): boolean {
  return refused.has(row) || [...rowOf.values()].includes(row)
}
