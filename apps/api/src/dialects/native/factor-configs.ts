import { FACTOR_TYPES } from '@muster/contracts'
import {
  createFactorConfig as insertFactorConfig,
  listFactorConfigs as readFactorConfigs,
  TOTP_DEFAULTS,
} from '@muster/database'
import { trustedCertificateMistakes } from '@muster/operations'
import { z } from 'zod'
import { Refusal } from '../../refusal.ts'
import type { Endpoint } from '../endpoint.ts'
import { json } from '../route.ts'
import { name, parseBody } from './request-body.ts'

const within = (min: number, max: number) => {
  const message = `expected a whole number from ${min} to ${max}`
  return z.int(message).min(min, message).max(max, message)
}

const TOTP_SETTINGS = z.strictObject({
  oath_type: z.enum(['totp', 'hotp'], 'expected totp or hotp').default(TOTP_DEFAULTS.oath_type),
  token_type: z.enum(['software', 'hardware'], 'expected software or hardware').default(TOTP_DEFAULTS.token_type),
  hash_algorithm: z
    .enum(['SHA1', 'SHA256', 'SHA512'], 'expected SHA1, SHA256 or SHA512')
    .default(TOTP_DEFAULTS.hash_algorithm),
  totp_time_step: within(1, 3_600).default(TOTP_DEFAULTS.totp_time_step),
  otp_length: within(6, 10).default(TOTP_DEFAULTS.otp_length),
  max_nos_enrollment_per_user: within(1, 100).default(TOTP_DEFAULTS.max_nos_enrollment_per_user),
})

const MOST_AUTHORITIES = 100

const SMART_CARD_SETTINGS = z.strictObject({
  trusted_ca_certificates: z
    .array(z.string('expected text'), 'expected an array of certificates')
    .max(MOST_AUTHORITIES, `expected at most ${MOST_AUTHORITIES} certificates`)
    .superRefine((pems, context) => {
      for (const { index, problem } of trustedCertificateMistakes(pems)) {
        context.addIssue({ code: 'custom', path: [index], message: problem })
      }
    })
    .default([])
    .describe(
      'Authorities in PEM, one each: only certificates that a path leads from to one of them are enrolled; from whomever when there are none.',
    ),
})

const NO_SETTINGS = z.strictObject({}, 'expected no settings for this factor type').default({})

const FACTOR_CONFIG = z.discriminatedUnion(
  'factorType',
  [
    z.strictObject({
      name,
      factorType: z.literal('CustomTOTPAuthenticator'),
      settings: TOTP_SETTINGS.default(TOTP_DEFAULTS),
    }),
    z.strictObject({
      name,
      factorType: z.literal('SmartCardAuthenticator'),
      settings: SMART_CARD_SETTINGS.default({ trusted_ca_certificates: [] }),
    }),
    z.strictObject({
      name,
      factorType: z.enum(FACTOR_TYPES).exclude(['CustomTOTPAuthenticator', 'SmartCardAuthenticator']),
      settings: NO_SETTINGS,
    }),
  ],
  `expected an object with a factorType, one of ${FACTOR_TYPES.join(', ')}`,
)

const STORED = z
  .object({
    id: z.string(),
    name: z.string(),
    factorType: z.enum(FACTOR_TYPES),
    settings: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'FactorConfig' })

/** `GET /v1/factor-configs`: all of the tenant's. */
export const listFactorConfigs: Endpoint = {
  summary: 'List the factor configs',
  answers: {
    200: { description: 'All of them.', content: { 'application/json': z.object({ factorConfigs: z.array(STORED) }) } },
  },
  async handler({ pool }, { caller }) {
    return json(200, { factorConfigs: await readFactorConfigs(pool, caller.tenantId) })
  },
}

/** `POST /v1/factor-configs`: `{ name, factorType, settings? }`; settings not given have their defaults. */
export const createFactorConfig: Endpoint = {
  summary: 'Create a factor config',
  body: { 'application/json': FACTOR_CONFIG },
  answers: { 201: { description: 'The factor config.', content: { 'application/json': STORED } } },
  async handler({ pool }, request) {
    const config = parseBody(FACTOR_CONFIG, await request.json())
    const created = await insertFactorConfig(pool, request.caller.tenantId, config)
    if (created === null)
      throw new Refusal('conflict', 'There is a factor config of this name already; choose another name.')
    return json(201, created)
  },
}
