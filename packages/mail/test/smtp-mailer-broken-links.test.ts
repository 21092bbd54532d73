import type { Mailer } from '@muster/engine/ports'
import { inTime, mailServer, refusal } from '@muster/testkit'
import { describe, expect, it } from 'vitest'
import type { Stage } from './faulty-link.ts'
import { ACCEPTED, ids, jane, mailersUnderTest, mailTo, UNCERTAIN } from './mailers-under-test.ts'

const { link, mailer, server } = mailersUnderTest()

describe('a link that breaks', () => {
  const before: readonly [Stage, string][] = [
    ['greeting', 'away'],
    ['EHLO', 'away'],
    ['MAIL', 'deferred'],
    ['RCPT', 'deferred'],
    ['DATA', 'deferred'],
  ]
  const cases = before.flatMap(([stage, kind]) =>
    (['die', 'hang'] as const).flatMap((how) => [true, false].map((pipelined) => ({ stage, kind, how, pipelined }))),
  )

  it.each(cases)('before the message is asked for, at $stage ($how, pipelining $pipelined): $kind', async (broken) => {
    const post = await server({ hidePIPELINING: !broken.pipelined })
    const { url } = await link(post, { stage: broken.stage, kind: broken.how })
    // A server that dies is not waited for.
    const [timeoutMs, enoughMs] = broken.how === 'hang' ? [600, 1_200] : [60_000, 5_000]
    const sent = mailer(url, { timeoutMs }).send(jane)
    expect(await inTime(enoughMs, sent)).toEqual({ kind: broken.kind, reply: expect.stringMatching(/./) })
    expect(post.received).toEqual([])
  })

  it.each(['die', 'hang'] as const)('in the middle of the message (%s) leaves it uncertain', async (kind) => {
    const post = await server()
    const { url } = await link(post, { stage: 'message', kind })
    expect(await mailer(url, { timeoutMs: 600 }).send(jane)).toEqual(UNCERTAIN)
    expect(post.received).toEqual([])
  })

  it.each(['die', 'hang'] as const)('before the answer to the message (%s) leaves it uncertain', async (kind) => {
    const post = await server()
    const { url } = await link(post, { stage: 'answer', kind })
    expect(await mailer(url, { timeoutMs: 600 }).send(jane)).toEqual(UNCERTAIN)
    // It has the mail: to send it again would be to send it twice.
    expect(post.received.length).toBe(1)
  })

  it('does not hold up mails that wait for a connection for longer than their time', async () => {
    const post = await server()
    const { url } = await link(post, { stage: 'RCPT', kind: 'hang' })
    const mails = mailer(url, { timeoutMs: 600, connections: 1 })
    const sent = [1, 2, 3].map((row) => mails.send(mailTo('jane@example.com', row)))
    const ends = sent.map(async (each) => [(await each).kind, performance.now()] as const)
    const [held, ...waiting] = await inTime(1_200, Promise.all(ends))
    expect([held, ...waiting].map((end) => end?.[0])).toEqual(['deferred', 'away', 'away'])
    // All gave up together, not one after the other.
    for (const [, at] of waiting) expect(Math.abs(at - (held?.[1] ?? 0))).toBeLessThan(500)
  })
})

describe('a connection that was kept', () => {
  const twice = async (mails: Mailer) => [
    await mails.send(mailTo('a@example.com', 1)),
    await mails.send(mailTo('b@example.com', 2)),
  ]

  it('is replaced when the server has closed it', async () => {
    const post = await server()
    const mails = mailer(post.url)
    expect(await mails.send(mailTo('a@example.com', 1))).toEqual(ACCEPTED)
    post.hangUp()
    expect(await mails.send(mailTo('b@example.com', 2))).toEqual(ACCEPTED)
    expect(post.connections()).toBe(2)
    expect(ids(post)).toEqual(['operation.1@acme.example', 'operation.2@acme.example'])
  })

  it.each(
    (['MAIL', 'RCPT', 'DATA'] as const).flatMap((stage) => (['die', 'hang'] as const).map((kind) => ({ stage, kind }))),
  )('is replaced when it is found to be dead at $stage ($kind)', async ({ stage, kind }) => {
    const post = await server()
    const faulty = await link(post, { stage, kind, strikes: (connection, mail) => connection === 1 && mail === 2 })
    expect(await twice(mailer(faulty.url, { timeoutMs: 1_500 }))).toEqual([ACCEPTED, ACCEPTED])
    expect(faulty.faults()).toBe(1)
    expect(ids(post)).toEqual(['operation.1@acme.example', 'operation.2@acme.example'])
  })

  it('is replaced when the server says that it closes it', async () => {
    let mailsOfFirst = 0
    const post = await server({
      onMailFrom: (_, { transaction }, callback) =>
        callback(transaction === 2 && ++mailsOfFirst === 1 ? refusal(421, 'Closing') : null),
    })
    expect(await twice(mailer(post.url))).toEqual([ACCEPTED, ACCEPTED])
    expect(mailsOfFirst).toBe(1)
    expect(post.connections()).toBe(2)
  })

  it.each(['message', 'answer'] as const)(
    'is not replaced when it breaks at %s: the mail is uncertain',
    async (stage) => {
      const post = await server()
      const faulty = await link(post, { stage, kind: 'die', strikes: (_, mail) => mail === 2 })
      expect(await twice(mailer(faulty.url))).toEqual([ACCEPTED, UNCERTAIN])
      expect(ids(post).filter((id) => id === 'operation.2@acme.example').length).toBe(stage === 'answer' ? 1 : 0)
      expect(post.connections()).toBe(1)
    },
  )

  it('tells that the server is away when it cannot be replaced', async () => {
    const post = await mailServer()
    const mails = mailer(post.url)
    expect(await mails.send(jane)).toEqual(ACCEPTED)
    await post.stop()
    expect(await mails.send(jane)).toMatchObject({ kind: 'away' })
  })
})
