import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { brokenMuster } from './broken-muster.ts'
import { eventually } from './eventually.ts'
import { abandonHeld, messages } from './mail-holds.ts'
import { expectAllTold, expectNobodyTwice, type Mailing } from './mail-outcome.ts'
import { cancelPasses, passesLog, passesOperation, sendPasses } from './mail-requests.ts'
import { MAIL_DOMAIN, MAILED_NAME, makeMailRows } from './mail-rows.ts'
import { MailServer } from './mail-server.ts'
import { moments, pauses, seed } from './random.ts'
import { record } from './record.ts'
import { everythingTold, namesOf } from './told.ts'

/** About as many as fit into a request. */
const ROWS = 1_000
/** So many that what happens after `SOME` mails happens in the middle. */
const FEWER_ROWS = 400
const SOME = 100
/** So short that little happens in it, and longer than a mail takes. */
const LONGEST_PAUSE_MS = 60
/** Mails of an operation that are out at the same time. */
const AT_ONCE = 10
/** Between the end of a mail and the server's answer. */
const TAKES_MS = 10
/** The worker may have told what became of those mails, and have sent the next, before it is killed itself. */
const MAIL_SERVER_DEATHS = 1
const NOTHING_AFTER_MS = 2_000

describe('what happens while mails go out', () => {
  let server: MailServer
  beforeAll(async () => {
    server = await MailServer.start(TAKES_MS)
  })
  const muster = brokenMuster(() => ({
    WORKERS: '1',
    // Mails go out while rows are still read.
    CHUNK_SIZE: '100',
    SMTP_URL: server.url,
    MAIL_FROM: 'Muster <badges@muster.example>',
    MAILS_PER_SECOND: '1000',
  }))
  afterEach(() => server.rise())
  afterAll(() => server.die())

  const start = async (name: string, rows = FEWER_ROWS): Promise<Mailing> => {
    const access = await muster().access()
    const made = await makeMailRows(access, name, rows)
    return { ...made, id: await sendPasses(access, made.ids) }
  }

  const completed = async ({ id }: Mailing): Promise<void> => {
    const url = await muster().databaseUrl()
    await eventually('the operation to end', 60_000, async () => {
      return (await record(url, id)).state === 'COMPLETED' ? true : null
    })
  }

  it('is the worker killed: alone, with all that Redis holds, and with the mail server too. Nobody gets two, nobody is forgotten', async () => {
    const chosen = seed()
    const mailing = await start('killed', ROWS)
    const kills = [killWorker, killWorkerAndFlush, killAll]
    const pausesMs = pauses(chosen, kills.length, LONGEST_PAUSE_MS)
    for (const [index, mails] of moments(chosen, kills.length, mailing.rowOf.size).entries()) {
      await server.took(mails)
      await sleep(pausesMs[index])
      const held = await kills[index]?.()
      console.log(`FAULTS_SEED=${chosen}: the worker was killed after ${server.taken.length} mails, and held ${held}`)
      expect(held).toBeLessThanOrEqual(AT_ONCE)
    }
    await foundAway(mailing)
    await server.rise()
    await completed(mailing)
    const { uncertain } = await expectAllTold(muster(), server, mailing, (kills.length + MAIL_SERVER_DEATHS) * AT_ONCE)
    console.log(`${uncertain.length} rows are uncertain`)
    await muster().expectNoMismatch()
  })

  it('is Redis losing all that it holds: nothing is uncertain', async () => {
    const mailing = await start('flushed')
    await nextMails(SOME)
    await flush()
    await completed(mailing)
    await expectAllTold(muster(), server, mailing, 0)
  })

  it('is the mail server, dying and coming back: only what it was taking is uncertain', async () => {
    const mailing = await start('away')
    await nextMails(SOME)
    await server.die()
    await foundAway(mailing)
    await server.rise()
    await completed(mailing)
    await expectAllTold(muster(), server, mailing, AT_ONCE)
  })

  it('is a cancellation: what was sent stays sent, and no more is', async () => {
    const mailing = await start('cancelled')
    const url = await muster().databaseUrl()
    const access = await muster().access()
    await nextMails(SOME)
    await cancelPasses(access, mailing.id)
    const cancelledAt = performance.now()
    await eventually('the mails that were out to be settled', NOTHING_AFTER_MS, async () => {
      return (await messages(url, mailing.id)).held === 0 ? true : null
    })
    // That nothing comes can only be waited for.
    await sleep(cancelledAt + 2 * NOTHING_AFTER_MS - performance.now())
    const taken = expectNobodyTwice(server, mailing)
    expect([...taken.values()].filter(({ at }) => at > cancelledAt + NOTHING_AFTER_MS)).toEqual([])
    expect(taken.size).toBeLessThan(mailing.rowOf.size)

    const log = await passesLog(access, mailing.id)
    const succeeded = log.flatMap(({ row, outcome }) => (outcome === 'succeeded' ? [row] : []))
    expect(succeeded).toEqual([...taken.keys()].toSorted((one, other) => one - other))
    const failures = log.flatMap(({ row, code }) => (code === undefined ? [] : [`${row} ${code}`]))
    const planted = mailing.planted.map(({ row, code }) => `${row} ${code}`)
    expect(failures.filter((failure) => !planted.includes(failure))).toEqual([])
    const failed = failures.length
    const told = { state: 'CANCELLED', rowsProcessed: taken.size, rowsFailed: failed }
    expect(await passesOperation(access, mailing.id)).toMatchObject(told)
    expect(await record(url, mailing.id)).toMatchObject({ state: 'CANCELLED', succeeded: taken.size, failed })
  })

  it('is told nobody: neither logs nor Redis have an address, a name or a link', async () => {
    const told = await everythingTold(muster().supervisor)
    // What is searched is there: both know the operations by their type.
    const where = [expect.stringContaining('appendonly'), expect.stringContaining('logs/worker')]
    expect(namesOf(told, 'SEND_MFP')).toEqual(expect.arrayContaining(where))
    expect([MAIL_DOMAIN, MAILED_NAME, 'wallet/apple/'].flatMap((secret) => namesOf(told, secret))).toEqual([])
  })

  /** Resolves when so many mails more have been taken. */
  const nextMails = (count: number): Promise<void> => server.took(server.taken.length + count)

  /** Answers how many messages the worker held. */
  const killWorker = async (): Promise<number> => {
    const { supervisor } = muster()
    const { pid } = await supervisor.only('worker')
    process.kill(pid, 'SIGKILL')
    const held = await abandonHeld(await muster().databaseUrl())
    await supervisor.next('worker', pid)
    return held
  }

  const killWorkerAndFlush = async (): Promise<number> => {
    const held = await killWorker()
    await flush()
    return held
  }

  const killAll = async (): Promise<number> => {
    await server.die()
    return killWorkerAndFlush()
  }

  const flush = async (): Promise<void> => {
    const redis = new Redis((await muster().supervisor.run()).redisUrl)
    expect(await redis.flushall()).toBe('OK')
    redis.disconnect()
  }

  /** Resolves when a worker has found the mail server away. */
  const foundAway = async ({ id }: Mailing): Promise<void> => {
    const url = await muster().databaseUrl()
    await eventually('a worker to find the mail server away', 60_000, async () => {
      return (await messages(url, id)).isAway ? true : null
    })
  }
})
