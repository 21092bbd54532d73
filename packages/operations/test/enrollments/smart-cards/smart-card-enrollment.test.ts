import type { CertificateFilenamePattern, FactorConfig } from '@muster/contracts'
import { type SmartCardEnrollmentOptions, smartCardEnrollmentOptions } from '@muster/operations'
import {
  type CertificateAuthority,
  certificateAuthority,
  type EngineHarness,
  engineHarness,
  zip,
} from '@muster/testkit'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

let harness: EngineHarness
let authority: CertificateAuthority
const certificates: Buffer[] = []
const NAMES = ['one', 'two', 'three', 'four', 'five', 'six'] as const
beforeAll(async () => {
  harness = await engineHarness()
  authority = await certificateAuthority({ name: 'Cards CA' })
  for (const name of NAMES) certificates.push((await authority.issue({ subject: `/CN=${name}` })).der)
})
afterAll(() => harness.database.drop())
beforeEach(() => harness.clear())

const CARDS: FactorConfig = { id: '9', name: 'Cards', factorType: 'SmartCardAuthenticator', settings: {} }
const OTHER: FactorConfig = { ...CARDS, id: '10', name: 'Other cards' }

interface Terms {
  readonly configs?: readonly FactorConfig[]
  readonly overwrite?: boolean
  readonly pattern?: CertificateFilenamePattern
}

function optionsOf({
  configs = [CARDS],
  overwrite = false,
  pattern = 'Primary Email',
}: Terms): SmartCardEnrollmentOptions {
  return smartCardEnrollmentOptions(configs, { overwrite, pattern })
}

const archive = (files: readonly (readonly [name: string, data: Uint8Array | undefined])[]) =>
  zip(files.map(([name, data]) => ({ name, data: data ?? Buffer.from('no certificate') })))

const enroll = (files: Parameters<typeof archive>[0], terms: Terms = {}) =>
  harness.run(archive(files), { type: 'SMART_CARD_ENROLLMENT', options: optionsOf(terms) })

/** `config user: subject`, in order. */
async function enrollments(): Promise<string[]> {
  const { rows } = await harness.database.pool.query<{ line: string }>(
    `select e.factor_config_id || ' ' || u.user_id || ': ' || (e.data ->> 'subject') as line
    from enrollments e join users u on u.id = e.user_id order by e.factor_config_id, u.user_id`,
  )
  return rows.map(({ line }) => line)
}

const USERS = `userId,email,externalID,mobile
a,Ann@Example.com,E-1,+14155550101
b,bob@example.com,E-2,+14155550102
c,twin@example.com,E-3,+14155550103
d,TWIN@example.com,E-3,+14155550103
`

describe('SMART_CARD_ENROLLMENT', () => {
  beforeEach(() => harness.run(USERS))

  it('stores what is in the certificate, with its fingerprint', async () => {
    const outcome = await enroll([['ann@example.com.cer', certificates[0]]])
    expect(outcome).toMatchObject({ state: 'COMPLETED', total: 1, succeeded: 1, failed: 0 })
    const { rows } = await harness.database.pool.query(
      'select data, secret, encode(fingerprint, $1) as fingerprint from enrollments',
      ['hex'],
    )
    const [{ data, secret, fingerprint }] = rows
    expect(secret).toBeNull()
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/)
    expect(data).toMatchObject({ subject: 'CN=one', fingerprint, subjectAltNames: expect.any(Array) })
    expect(Object.keys(data)).toEqual(
      expect.arrayContaining(['subject', 'issuer', 'serialNumber', 'notBefore', 'notAfter', 'publicKey']),
    )
  })

  it.each([
    ['Primary Email', 'ANN@example.COM.cer', 'twin@example.com.cer', 'nobody@example.com.cer'],
    ['Employee ID', 'E-1.cer', 'E-3.cer', 'e-1.cer'],
    ['Mobile Number', '+1 415-555-0101.cer', '+14155550103.cer', '+14155550199.cer'],
  ] as const)('finds users by %s', async (pattern, ann, several, nobody) => {
    const [one, two, three, four] = certificates
    const outcome = await enroll(
      [
        [`cards/${ann}`, one],
        [several, two],
        [nobody, three],
        ['x.txt', four],
      ],
      { pattern },
    )
    expect(outcome.failures.map((failure) => failure.split(' ').slice(0, 3).join(' '))).toEqual([
      '2 USER_AMBIGUOUS file',
      '3 USER_NOT_FOUND file',
      '4 INVALID_FILE_NAME file',
    ])
    expect(await enrollments()).toEqual(['9 a: CN=one'])
  })

  it('tells everything that is wrong with a row', async () => {
    const outcome = await enroll([['nobody@example.com.cer', undefined]])
    expect(outcome.failures).toEqual(['1 NOT_A_CERTIFICATE', '1 USER_NOT_FOUND file'])
  })

  it('leaves who is enrolled as they are, or enrolls them anew', async () => {
    const [one, two] = certificates
    await enroll([['ann@example.com.cer', one]])
    expect(await enroll([['ann@example.com.cer', two]])).toMatchObject({ unchanged: 1, succeeded: 0, failed: 0 })
    expect(await enrollments()).toEqual(['9 a: CN=one'])
    expect(await enroll([['ann@example.com.cer', two]], { overwrite: true })).toMatchObject({ succeeded: 1 })
    expect(await enrollments()).toEqual(['9 a: CN=two'])
    expect(await enroll([['bob@example.com.cer', one]])).toMatchObject({ succeeded: 1 })
  })

  it('enrolls a user in all factor configs, and gives no certificate to two users of one', async () => {
    const [one, two] = certificates
    await enroll([['ann@example.com.cer', one]], { configs: [OTHER] })
    const both = { configs: [CARDS, OTHER] }
    const outcome = await enroll(
      [
        ['bob@example.com.cer', one],
        ['bob@example.com.pem', two],
      ],
      both,
    )
    expect(outcome.failures).toEqual(['1 CERTIFICATE_ENROLLED'])
    expect(await enrollments()).toEqual(['9 b: CN=two', '10 a: CN=one', '10 b: CN=two'])
  })

  it('takes of a user the first file that is right, and tells of the others which it was', async () => {
    const [one, two, three] = certificates
    const id = await harness.upload(
      archive([
        ['ann@example.com.cer', undefined],
        ['ANN@example.com.crt', one],
        ['ann@example.com.pem', two],
        ['nobody@example.com.pem', three],
        ['bob@example.com.pem', undefined],
        ['folder/bob@example.com.cer', undefined],
      ]),
      { type: 'SMART_CARD_ENROLLMENT', options: optionsOf({}) },
    )
    while ((await harness.turn(id)) === 'turn-over');
    expect((await harness.outcome(id)).failures).toEqual([
      '1 NOT_A_CERTIFICATE',
      '3 DUPLICATE_KEY file 2',
      '4 USER_NOT_FOUND file',
      '5 NOT_A_CERTIFICATE',
      '6 NOT_A_CERTIFICATE',
    ])
  })

  it('gives a certificate away only when its holder got another, whatever chunks there are', async () => {
    const [one, two, three] = certificates
    for (const chunkSize of [1, 2, 5_000]) {
      await harness.clear()
      await harness.run(USERS)
      await enroll([
        ['ann@example.com.cer', one],
        ['bob@example.com.cer', two],
      ])
      const overwriting = { type: 'SMART_CARD_ENROLLMENT', options: optionsOf({ overwrite: true }) } as const
      const late = [
        ['bob@example.com.cer', one],
        ['ann@example.com.cer', three],
      ] as const
      expect((await harness.run(archive(late), overwriting, { chunkSize })).failures).toEqual([
        '1 CERTIFICATE_ENROLLED',
      ])
      const exchanged = [
        ['ann@example.com.cer', two],
        ['bob@example.com.cer', three],
      ] as const
      expect((await harness.run(archive(exchanged), overwriting, { chunkSize })).succeeded).toBe(0)
      const passedOn = [
        ['ann@example.com.cer', one],
        ['bob@example.com.cer', three],
        ['ann@example.com.pem', undefined],
      ] as const
      expect(await harness.run(archive(passedOn), overwriting, { chunkSize })).toMatchObject({
        succeeded: 2,
        failures: ['3 NOT_A_CERTIFICATE', '3 DUPLICATE_KEY file 1'],
      })
      expect(await enrollments()).toEqual(['9 a: CN=one', '9 b: CN=three'])
    }
  })

  it('refuses a certificate of an authority that the factor config does not trust', async () => {
    const trusting = (pem: string): FactorConfig => ({ ...CARDS, settings: { trusted_ca_certificates: [pem] } })
    const stranger = await certificateAuthority({ name: 'Another CA' })
    const [one] = certificates
    const files = [['ann@example.com.cer', one]] as const
    const refused = await enroll(files, { configs: [trusting(stranger.pem)] })
    expect(refused.failures).toEqual(['1 UNTRUSTED_ISSUER 9'])
    expect(await enroll(files, { configs: [trusting(authority.pem)] })).toMatchObject({ succeeded: 1, failed: 0 })
  })

  it('judges a certificate by the time at which the operation was asked for', async () => {
    const [one] = certificates
    const id = await harness.upload(archive([['ann@example.com.cer', one]]), {
      type: 'SMART_CARD_ENROLLMENT',
      options: optionsOf({}),
    })
    await harness.database.pool.query(`update operations set created_at = now() - interval '10 years' where id = $1`, [
      id,
    ])
    while ((await harness.turn(id)) === 'turn-over');
    expect((await harness.outcome(id)).failures).toEqual(['1 CERTIFICATE_NOT_YET_VALID'])
  })
})

const PEOPLE = ['ann', 'bob', 'eve', 'dan'] as const
const row = fc.record({
  user: fc.constantFrom(...PEOPLE, 'nobody'),
  // The one after the last is none.
  certificate: fc.nat({ max: NAMES.length }),
})
const enrolled = fc.uniqueArray(
  fc.record({ user: fc.nat({ max: 3 }), certificate: fc.nat({ max: NAMES.length - 1 }) }),
  {
    selector: ({ user }) => user,
  },
)
type Row = typeof row extends fc.Arbitrary<infer T> ? T : never

/** One row after the other, with who has which certificate, config by config. */
function sequentially(rows: readonly Row[], before: readonly Map<string, number>[], overwrite: boolean) {
  const held = before.map((config) => new Map(config))
  const failures: string[] = []
  const counts = { succeeded: 0, unchanged: 0 }
  const applied = new Map<string, number>()
  for (const [index, { user, certificate }] of rows.entries()) {
    const mistakes: string[] = []
    const first = applied.get(user)
    if (certificate === NAMES.length) mistakes.push('NOT_A_CERTIFICATE')
    if (user === 'nobody') mistakes.push('USER_NOT_FOUND file')
    if (first !== undefined) mistakes.push(`DUPLICATE_KEY file ${first}`)
    const changed = held.filter((config) => overwrite || !config.has(user))
    const isTaken = changed.some((config) =>
      [...config].some(([other, each]) => other !== user && each === certificate),
    )
    if (mistakes.length === 0 && isTaken) mistakes.push('CERTIFICATE_ENROLLED')
    failures.push(...mistakes.map((mistake) => `${index + 1} ${mistake}`))
    if (mistakes.length > 0) continue
    applied.set(user, index + 1)
    for (const config of changed) config.set(user, certificate)
    counts[changed.length > 0 ? 'succeeded' : 'unchanged']++
  }
  return { failures, counts, held }
}

describe('the outcome of certificates', () => {
  it('is that of the files one after the other, whatever chunks and turns there are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 25 }),
        fc.tuple(enrolled, enrolled),
        fc.record({
          chunkSize: fc.integer({ min: 1, max: 25 }),
          chunks: fc.integer({ min: 1, max: 4 }),
          overwrite: fc.boolean(),
        }),
        async (rows, before, { chunkSize, chunks, overwrite }) => {
          await harness.clear()
          await harness.run(`userId,email\n${PEOPLE.map((name) => `${name},${name}@example.com`).join('\n')}\n`)
          const configs = [CARDS, OTHER]
          const held: Map<string, number>[] = []
          for (const [index, config] of configs.entries()) {
            const owners = [...(before[index] ?? [])].filter(
              ({ certificate }, at, all) => all.findIndex((each) => each.certificate === certificate) === at,
            )
            held.push(new Map(owners.map(({ user, certificate }) => [PEOPLE[user] ?? '', certificate])))
            const files = owners.map(
              ({ user, certificate }) => [`${PEOPLE[user]}@example.com.cer`, certificates[certificate]] as const,
            )
            await enroll(files, { configs: [config] })
          }
          const expected = sequentially(rows, held, overwrite)
          const files = rows.map(
            ({ user, certificate }, n) => [`${n}/${user}@example.com.cer`, certificates[certificate]] as const,
          )
          const id = await harness.upload(archive(files), {
            type: 'SMART_CARD_ENROLLMENT',
            options: optionsOf({ configs, overwrite }),
          })
          while ((await harness.turn(id, { chunks, engine: { chunkSize } })) === 'turn-over');
          expect(await harness.outcome(id)).toMatchObject({
            state: 'COMPLETED',
            ...expected.counts,
            failures: expected.failures,
          })
          const { rows: stored } = await harness.database.pool.query<{
            config: string
            user_id: string
            subject: string
          }>(
            `select factor_config_id as config, u.user_id, e.data ->> 'subject' as subject
            from enrollments e join users u on u.id = e.user_id`,
          )
          const lines = stored.map(({ config, user_id, subject }) => `${config} ${user_id} ${subject}`)
          const wanted = expected.held.flatMap((config, index) =>
            [...config].map(([user, certificate]) => `${configs[index]?.id} ${user} CN=${NAMES[certificate]}`),
          )
          expect(lines.sort()).toEqual(wanted.sort())
        },
      ),
      { numRuns: 40 },
    )
  }, 300_000)
})
