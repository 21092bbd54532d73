import { createHash } from 'node:crypto'
import { encodeEnrollmentId } from '@muster/contracts'
import { passStore } from '@muster/database'
import type { Mailer } from '@muster/engine'
import { smtpMailer } from '@muster/mail'
import { type MailPassesOptions, mailPasses, tellGoogle } from '@muster/operations'
import {
  type EngineHarness,
  engineHarness,
  enrollmentRecords,
  type MailServer,
  type MailServerOptions,
  mailServer,
  refusal,
} from '@muster/testkit'
import { CLAIM_SECONDS, claimTokenHash, claimUrl, newClaimToken } from '@muster/wallets'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const PUBLIC_URL = 'https://badges.example'
const FROM = { name: 'Acme', address: 'badges@acme.example' }
const person = (name: string) => ({
  FirstName: name,
  LastName: name,
  EmployeeNumber: name,
  Email: `${name}@example.com`,
})

let harness: EngineHarness
const opened: (() => Promise<void>)[] = []
beforeAll(async () => {
  harness = await engineHarness()
})
afterAll(() => harness.database.drop())
beforeEach(() => harness.clear())
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

async function server(options: MailServerOptions = {}): Promise<{ post: MailServer; mailer: Mailer }> {
  const post = await mailServer(options)
  const mailer = smtpMailer({ url: post.url, from: FROM, timeoutMs: 3_000 })
  opened.push(post.stop, () => mailer.close())
  return { post, mailer }
}

function courier(mailer: Mailer | null, options: Partial<MailPassesOptions> = {}) {
  return mailPasses({
    passes: passStore(harness.database.pool),
    mailer,
    pace: { take: async () => true },
    wallets: ['apple', 'google'],
    domain: 'acme.example',
    claims: {
      seconds: CLAIM_SECONDS,
      newToken: newClaimToken,
      url: (wallet, enrollmentId, token) => claimUrl(PUBLIC_URL, wallet, enrollmentId, token),
    },
    ...options,
  })
}

/** Issues passes to people of these names: the operation, whose mails are to be sent. */
async function issued(...names: readonly string[]): Promise<string> {
  const ids = await enrollmentRecords(harness.database, names.map(person))
  const operation = await harness.upload(`id\n${ids.map((id) => `"${id}"`).join('\n')}\n`, { type: 'SEND_MFP' })
  while ((await harness.turn(operation)) === 'turn-over');
  return operation
}
const query = async (sql: string) => (await harness.database.pool.query(sql)).rows
const text = (message: string) =>
  message.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))

describe('the mails of SEND_MFP', () => {
  it('go to each holder once, with links of their own whose tokens nobody else knows', async () => {
    const { post, mailer } = await server()
    const operation = await issued('ann', 'bob', 'cy')
    await harness.deliver(operation, { SEND_MFP: courier(mailer) })
    expect(await harness.outcome(operation)).toMatchObject({ state: 'COMPLETED', succeeded: 3, failed: 0 })
    expect(post.received.map(({ to }) => to[0]).sort()).toEqual(
      ['ann', 'bob', 'cy'].map((name) => `${name}@example.com`),
    )

    const links = post.received.flatMap(({ message }) => [
      ...(text(message)
        .split('Content-Type: text/html')[0]
        ?.matchAll(/^https:\/\/badges\.example\/wallet\/(\w+)\/([^/\s]+)\/([\w-]+)\r?$/gm) ?? []),
    ])
    expect(links.map(([, wallet]) => wallet)).toEqual(['apple', 'google', 'apple', 'google', 'apple', 'google'])
    const tokens = links.map(([, , , token = '']) => token)
    expect(new Set(tokens).size).toBe(6)
    expect(tokens.every((token) => Buffer.from(token, 'base64url').length === 32)).toBe(true)
    const claims = await query('select token_hash, wallet, expires_at, used_at from pass_claims')
    const hashes = (bytes: readonly Uint8Array[]) => bytes.map((hash) => Buffer.from(hash).toString('hex')).sort()
    expect(hashes(claims.map(({ token_hash }) => token_hash))).toEqual(hashes(tokens.map(claimTokenHash)))
    expect(hashes(tokens.map(claimTokenHash))).toEqual(
      tokens.map((token) => createHash('sha256').update(token).digest('hex')).sort(),
    )
    for (const { expires_at } of claims) {
      expect(Math.abs(expires_at.getTime() - Date.now() - 7 * 86_400_000)).toBeLessThan(60_000)
    }
  })

  it('are named for their operation and row, and are from who is set', async () => {
    const { post, mailer } = await server()
    const operation = await issued('ann', 'bob')
    await harness.deliver(operation, { SEND_MFP: courier(mailer) })
    const ids = post.received.map(({ message }) => /^Message-ID: <(.*)>\r$/m.exec(message)?.[1])
    expect(ids.sort()).toEqual([1, 2].map((row) => `${operation}.${row}@acme.example`))
    expect(post.received.every(({ from }) => from === 'badges@acme.example')).toBe(true)
  })

  it('that a server refuses fail their rows in its words, without the address; others go out', async () => {
    const { post, mailer } = await server({
      onRcptTo: ({ address }, _, callback) =>
        callback(address.startsWith('bob') ? refusal(550, `5.1.1 <${address}>: bob is unknown`) : null),
    })
    const operation = await issued('ann', 'bob', 'cy')
    await harness.deliver(operation, { SEND_MFP: courier(mailer) })
    expect(await harness.outcome(operation)).toMatchObject({
      state: 'COMPLETED',
      succeeded: 2,
      failures: ['2 MAIL_REFUSED 550 5.1.1 …: … is unknown'],
    })
    expect(post.received.length).toBe(2)
  })

  it('whose answer is lost fail as uncertain, and are not sent again', async () => {
    const { post, mailer } = await server({ answer: () => post.hangUp() })
    const operation = await issued('ann')
    await harness.deliver(operation, { SEND_MFP: courier(mailer) })
    await harness.deliver(operation, { SEND_MFP: courier(mailer) })
    expect(await harness.outcome(operation)).toMatchObject({ state: 'COMPLETED', failures: ['1 DELIVERY_UNCERTAIN'] })
    expect(post.received.length).toBe(1)
  })

  it('that a server defers are due later, and the operation waits for them', async () => {
    const { post, mailer } = await server({
      onRcptTo: ({ address }, _, callback) => callback(address.startsWith('bob') ? refusal(451, 'Later') : null),
    })
    const operation = await issued('ann', 'bob')
    await harness.deliver(operation, { SEND_MFP: courier(mailer) })
    expect(await harness.outcome(operation)).toMatchObject({ state: 'PROCESSING', succeeded: 1, failed: 0 })
    expect(post.received.length).toBe(1)
    expect(
      await query('select row_number from outbox where settled_at is null and held_by is null and due_at > now()'),
    ).toEqual([{ row_number: '2' }])
  })

  it('wait for a server that is away', async () => {
    const { post, mailer } = await server()
    await post.stop()
    const operation = await issued('ann', 'bob')
    await harness.deliver(operation, { SEND_MFP: courier(mailer) })
    expect(await harness.outcome(operation)).toMatchObject({ state: 'PROCESSING', succeeded: 0, failed: 0 })
    expect((await query('select deliver_after from operations'))[0].deliver_after).not.toBeNull()
  })

  it('of passes that are void, or whose enrollments are gone or have no address any more, are not sent', async () => {
    const { post, mailer } = await server()
    const operation = await issued('ann', 'bob', 'cy', 'di')
    await query('update passes set voided_at = now() where row_number = 1')
    await query('delete from enrollment_records where id = (select record_id from passes where row_number = 2)')
    await query(
      `update enrollment_records set fields = fields - 'Email' where id = (select record_id from passes where row_number = 3)`,
    )
    await harness.deliver(operation, { SEND_MFP: courier(mailer) })
    expect(await harness.outcome(operation)).toMatchObject({
      state: 'COMPLETED',
      succeeded: 1,
      failures: ['1 ENROLLMENT_NOT_FOUND', '2 ENROLLMENT_NOT_FOUND', '3 NO_ADDRESS'],
    })
    expect(post.received.map(({ to }) => to)).toEqual([['di@example.com']])
  })

  it('fail where there is no mail server, or no wallet to go to', async () => {
    const { post, mailer } = await server()
    const unsent = await issued('ann')
    await harness.deliver(unsent, { SEND_MFP: courier(null) })
    expect(await harness.outcome(unsent)).toMatchObject({ state: 'COMPLETED', failures: ['1 MAIL_NOT_SET_UP'] })
    const aimless = await issued('bob')
    await harness.deliver(aimless, { SEND_MFP: courier(mailer, { wallets: [] }) })
    expect(await harness.outcome(aimless)).toMatchObject({ state: 'COMPLETED', failures: ['1 WALLET_NOT_SET_UP'] })
    expect(post.received).toEqual([])
    expect(await query('select 1 from pass_claims')).toEqual([])
  })

  it('that wait for their pace are held by nobody, so that a cancellation finds them', async () => {
    const { post, mailer } = await server()
    const operation = await issued('ann', 'bob', 'cy')
    let room = 2
    const pace = { take: async () => room-- > 0 }
    const couriers = { SEND_MFP: courier(mailer, { pace }) }
    const isOver = () => post.received.length === 2
    expect(await harness.deliver(operation, couriers, { isOver })).toBe('turn-over')
    expect(post.received).toHaveLength(2)
    expect(await query('select attempts from outbox where settled_at is null and held_by is null')).toEqual([
      { attempts: 0 },
    ])
    await harness.messages.control(operation, 'cancel')
    room = 10
    await harness.deliver(operation, couriers)
    expect(post.received).toHaveLength(2)
    expect(await harness.outcome(operation)).toMatchObject({ state: 'CANCELLED', succeeded: 2, failed: 0 })
  })

  it('name no wallet that is not set up', async () => {
    const { post, mailer } = await server()
    await harness.deliver(await issued('ann'), { SEND_MFP: courier(mailer, { wallets: ['google'] }) })
    expect(post.received[0]?.message).toMatch(/Google Wallet/)
    expect(post.received[0]?.message).not.toMatch(/Apple/)
    expect(await query('select wallet from pass_claims')).toEqual([{ wallet: 'google' }])
  })
})

describe('telling Google of void passes', () => {
  const revoked = async () => {
    await issued('ann')
    await query('update passes set google_claimed_at = now()')
    const [{ id, workflow_id }] = await query(
      'select r.id, d.workflow_id from enrollment_records r join enrollment_designs d on d.id = r.design_id',
    )
    const operation = await harness.upload(`id\n"${encodeEnrollmentId({ workflowId: workflow_id, key: id })}"\n`, {
      type: 'REVOKE_MFP',
    })
    while ((await harness.turn(operation)) === 'turn-over');
    return operation
  }
  const passes = () => passStore(harness.database.pool)

  it('names them by their serials', async () => {
    const told: string[] = []
    const service = {
      expire: async (serial: string) => {
        told.push(serial)
        return { kind: 'told' } as const
      },
    }
    const operation = await revoked()
    await harness.deliver(operation, { REVOKE_MFP: tellGoogle({ passes: passes(), service }) })
    expect(await harness.outcome(operation)).toMatchObject({ state: 'COMPLETED', succeeded: 1 })
    expect(told).toEqual((await query('select serial from passes')).map(({ serial }) => serial))
  })

  it('fails in Google’s words when it refuses, and where nobody can tell it', async () => {
    const service = { expire: async () => ({ kind: 'refused', reply: 'Permission denied' }) as const }
    for (const [given, words] of [
      [service, 'Permission denied'],
      [null, 'GOOGLE_WALLET_ISSUER_ID and GOOGLE_WALLET_KEY_FILE are not set'],
    ] as const) {
      await harness.clear()
      const operation = await revoked()
      await harness.deliver(operation, { REVOKE_MFP: tellGoogle({ passes: passes(), service: given }) })
      expect(await harness.outcome(operation)).toMatchObject({
        state: 'COMPLETED',
        failures: [`1 WALLET_NOT_TOLD ${words}`],
      })
    }
  })

  it('waits while Google is away', async () => {
    const service = { expire: async () => ({ kind: 'away', reply: 'HTTP 503' }) as const }
    const operation = await revoked()
    await harness.deliver(operation, { REVOKE_MFP: tellGoogle({ passes: passes(), service }) })
    expect(await harness.outcome(operation)).toMatchObject({ state: 'PROCESSING', failed: 0 })
  })
})
