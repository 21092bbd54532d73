import type { FactorConfig, FactorType } from '@muster/contracts'
import { quickEnrollmentOptions } from '@muster/operations'
import { type EngineHarness, engineHarness } from '@muster/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

let harness: EngineHarness
beforeAll(async () => {
  harness = await engineHarness()
})
afterAll(() => harness.database.drop())
beforeEach(async () => {
  await harness.clear()
  await harness.run('userId,email\na,Ann@example.com\nb,bob@example.com\nc,twin@example.com\nd,TWIN@example.com\n')
})

const config = (
  id: number,
  factorType: FactorType,
  name: string,
  settings: FactorConfig['settings'] = {},
): FactorConfig => ({
  id: String(id),
  name,
  factorType,
  settings,
})
const EMAIL = config(1, 'EmailAuthenticator', 'Email')
const SMS = config(2, 'SMSAuthenticator', 'SMS')
const GOOGLE = config(3, 'GoogleAuthenticator', 'Google')
const QUESTIONS = config(4, 'SQAAuthenticator', 'Questions')
const TOKEN = config(5, 'CustomTOTPAuthenticator', 'Token', {
  oath_type: 'totp',
  token_type: 'hardware',
  hash_algorithm: 'SHA1',
  totp_time_step: 30,
  otp_length: 6,
  max_nos_enrollment_per_user: 1,
})
const KEY = 'JBSWY3DPEHPK3PXP'

const enroll = (content: string, configs: FactorConfig[], overwrite = false) =>
  harness.run(content, { type: 'QUICK_ENROLLMENT', options: quickEnrollmentOptions(configs, overwrite) })

async function enrollments() {
  const { rows } = await harness.database.pool.query<{
    user_id: string
    config: string
    data: object
    secret: Buffer | null
  }>(
    `select u.user_id, e.factor_config_id as config, e.data, e.secret from enrollments e join users u on u.id = e.user_id order by 1, 2`,
  )
  return rows.map(({ secret, ...rest }) => ({ ...rest, secret: secret && harness.box.open(secret) }))
}

describe('QUICK_ENROLLMENT', () => {
  it('enrolls a user in the factors that the row fills, secrets sealed', async () => {
    const outcome = await enroll(
      `Primary Email,Email,Mobile Number,Google Authenticator Secret Key\nANN@example.com,x@example.com,,${KEY}\nbob@example.com,,+14155550123,\n`,
      [EMAIL, SMS, GOOGLE],
    )
    expect(outcome).toMatchObject({ state: 'COMPLETED', succeeded: 2, failed: 0 })
    expect(await enrollments()).toEqual([
      { user_id: 'a', config: '1', data: { email: 'x@example.com' }, secret: null },
      { user_id: 'a', config: '3', data: {}, secret: KEY },
      { user_id: 'b', config: '2', data: { mobile: '+14155550123' }, secret: null },
    ])
    const { rows } = await harness.database.pool.query('select secret from enrollments where secret is not null')
    expect(rows[0].secret.toString('latin1')).not.toContain(KEY)
  })

  it('leaves what is enrolled as it is, and counts the row as unchanged', async () => {
    const file = 'Primary Email,Email\nann@example.com,first@example.com\n'
    await enroll(file, [EMAIL])
    expect(await enroll(file.replace('first', 'second'), [EMAIL])).toMatchObject({
      succeeded: 0,
      unchanged: 1,
      failed: 0,
    })
    expect(await enrollments()).toMatchObject([{ data: { email: 'first@example.com' } }])
  })

  it('overwrites when asked to', async () => {
    const file = 'Primary Email,Email\nann@example.com,first@example.com\n'
    await enroll(file, [EMAIL])
    expect(await enroll(file.replace('first', 'second'), [EMAIL], true)).toMatchObject({ succeeded: 1, unchanged: 0 })
    expect(await enrollments()).toMatchObject([{ data: { email: 'second@example.com' } }])
  })

  it('adds a factor to a user who has another', async () => {
    await enroll('Primary Email,Email\nann@example.com,x@example.com\n', [EMAIL])
    const both = 'Primary Email,Email,Mobile Number\nann@example.com,y@example.com,+14155550123\n'
    expect(await enroll(both, [EMAIL, SMS])).toMatchObject({ succeeded: 1 })
    expect(await enrollments()).toMatchObject([
      { data: { email: 'x@example.com' } },
      { data: { mobile: '+14155550123' } },
    ])
  })

  it('applies rows of one user as if one after the other', async () => {
    await enroll('Primary Email,Email\nann@example.com,x@example.com\n', [EMAIL])
    const rows = [
      'ann@example.com,x@example.com,',
      'ann@example.com,,+14155550123',
      'ANN@example.com,,+14155550199',
      'ann@example.com,bad,',
    ]
    const outcome = await enroll(`Primary Email,Email,Mobile Number\n${rows.join('\n')}\n`, [EMAIL, SMS])
    expect(outcome).toMatchObject({ succeeded: 1, unchanged: 1, failed: 2 })
    expect(outcome.failures).toEqual([
      '3 DUPLICATE_KEY Primary Email 2',
      '4 INVALID_EMAIL Email',
      '4 DUPLICATE_KEY Primary Email 2',
    ])
  })

  it('enrolls a row in all its factors or in none', async () => {
    const outcome = await enroll(
      `Primary Email,Email,Google Authenticator Secret Key\nann@example.com,x@example.com,short\n`,
      [EMAIL, GOOGLE],
    )
    expect(outcome.failures).toEqual([
      '1 INVALID_VALUE Google Authenticator Secret Key at least 16 characters of A to Z and 2 to 7',
    ])
    expect(await enrollments()).toEqual([])
  })

  it('fails users who are not there or not one, and rows without a factor', async () => {
    const outcome = await enroll(
      'Primary Email,Email\nnobody@example.com,x@example.com\ntwin@example.com,x@example.com\nann@example.com,\n,x@example.com\n',
      [EMAIL],
    )
    expect(outcome.failures).toEqual([
      '1 USER_NOT_FOUND Primary Email',
      '2 USER_AMBIGUOUS Primary Email',
      '3 NO_FACTOR',
      '4 REQUIRED Primary Email',
    ])
  })

  it('wants questions with answers and hardware tokens with serial numbers', async () => {
    const columns =
      'Primary Email,Security Question 1,Security Answer 1,Security Question 2,Security Answer 2,Token Secret Key,Token Serial Number'
    const outcome = await enroll(
      `${columns}\nann@example.com,Pet?,,,Rex,${KEY},\nbob@example.com,Pet?,Rex,,,${KEY},SN1\n`,
      [QUESTIONS, TOKEN],
    )
    expect(outcome.failures).toEqual([
      '1 REQUIRED Security Answer 1',
      '1 REQUIRED Security Question 2',
      '1 REQUIRED Token Serial Number',
    ])
    expect(await enrollments()).toEqual([
      { user_id: 'b', config: '4', data: { questions: 1 }, secret: '[{"question":"Pet?","answer":"Rex"}]' },
      { user_id: 'b', config: '5', data: { serial_number: 'SN1' }, secret: KEY },
    ])
  })

  it('refuses factors that no CSV can enroll', () => {
    expect(() => quickEnrollmentOptions([config(9, 'FIDOAuthenticator', 'FIDO')], false)).toThrow(RangeError)
    expect(() => quickEnrollmentOptions([], false)).toThrow(RangeError)
  })
})
