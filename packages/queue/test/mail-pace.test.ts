import { inTime } from '@muster/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type MailPace, mailPace } from '../src/index.ts'
import { freeze, kill, thaw } from './redis-outage.ts'
import { type RedisWithClient, redisWithClient } from './redis-with-client.ts'

const LONG_MS = 20_000

describe('the pace of mails', () => {
  let own: RedisWithClient
  const paces: MailPace[] = []

  beforeAll(async () => {
    own = await redisWithClient()
  })
  afterAll(() => own.stop())
  afterEach(async () => {
    await Promise.all(paces.splice(0).map((pace) => pace.close()))
    await own.client.flushall()
  })

  /** One that Redis answers: what it counts, it counts there. */
  const connected = async (perSecond: number) => {
    const pace = mailPace(own.redis.url, perSecond)
    paces.push(pace)
    await expect.poll(() => pace.take(LONG_MS).then(() => own.client.exists('mails:all'))).toBe(1)
    await expect.poll(() => own.client.exists('mails:all')).toBe(0)
    return pace
  }
  const take = (pace: MailPace, count: number, ms = LONG_MS) =>
    Promise.all(Array.from({ length: count }, () => pace.take(ms).then((taken) => ({ taken, at: performance.now() }))))
  it('lets so many through a second, of all processes together, and the others after them', async () => {
    const [one, other] = [await connected(5), await connected(5)]
    const begun = performance.now()
    const all = (await inTime(8_000, Promise.all([take(one, 10), take(other, 10)]))).flat()
    expect(all.every(({ taken }) => taken)).toBe(true)
    // The first second may be one that ends at once; every five after that have to wait for one more.
    const waited = all.map(({ at }) => at - begun).sort((a, b) => a - b)
    for (const [index, ms] of waited.entries())
      expect(ms, `the ${index + 1}th`).toBeGreaterThan((Math.floor(index / 5) - 1) * 990)
  })

  it('lets them through in their order, and tells those who waited for too long', async () => {
    const pace = await connected(2)
    const answers = await take(pace, 8, 1_500)
    const taken = answers.map((answer) => answer.taken)
    expect(taken.indexOf(false)).toBeGreaterThanOrEqual(2)
    expect(taken).toEqual([...taken].sort((a, b) => Number(b) - Number(a)))
    // Nothing was taken by those who went away.
    expect(await pace.take(LONG_MS)).toBe(true)
  })

  it('keeps its pace by itself while Redis is away, and loses nobody', async () => {
    const pace = await connected(5)
    await kill(own.redis)
    const begun = performance.now()
    const answers = await take(pace, 11)
    expect(answers.every(({ taken }) => taken)).toBe(true)
    expect(performance.now() - begun).toBeGreaterThan(1_000)
    await own.redis.restart()
    await expect.poll(() => pace.take(LONG_MS).then(() => own.client.exists('mails:all')), { timeout: 15_000 }).toBe(1)
  })

  it('holds up nobody for long while Redis is frozen', async () => {
    const pace = await connected(50)
    freeze(own.redis)
    try {
      expect((await inTime(2_000, take(pace, 5))).every(({ taken }) => taken)).toBe(true)
    } finally {
      thaw(own.redis)
    }
  })

  it('sends those who wait away when it is closed', async () => {
    const pace = mailPace(own.redis.url, 1)
    const waiting = take(pace, 20)
    await inTime(1_000, pace.close())
    expect((await inTime(1_000, waiting)).filter(({ taken }) => taken).length).toBeLessThanOrEqual(2)
    expect(await pace.take(LONG_MS)).toBe(false)
  })
})
