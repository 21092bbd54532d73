import { FACTOR_TYPES } from '@muster/contracts'
import { findUser } from '@muster/database'
import { z } from 'zod'
import { Refusal } from '../../refusal.ts'
import type { Endpoint } from '../endpoint.ts'
import { json } from '../route.ts'

const text = z.string().nullable()

const USER = z
  .object({
    userId: z.string(),
    firstName: text,
    lastName: text,
    email: text,
    mobile: text,
    phone: text,
    userPrincipalName: text,
    securityID: text,
    externalID: text,
    state: text,
    locale: text,
    locked: z.boolean(),
    attributes: z.record(z.string(), z.string()).nullable(),
    groups: z.array(z.string()),
    factors: z.array(
      z.object({
        factorConfigId: z.string(),
        name: z.string(),
        factorType: z.enum(FACTOR_TYPES),
        enrolledAt: z.iso.datetime(),
        certificate: z
          .object({
            subject: z.string().describe('RFC 4514.'),
            issuer: z.string(),
            serialNumber: z.string().describe('Hexadecimal.'),
            fingerprint: z.string().describe('SHA-256, hexadecimal.'),
            notBefore: z.iso.datetime(),
            notAfter: z.iso.datetime(),
            keyType: z.string(),
            subjectAltNames: z.array(z.string()),
          })
          .nullable()
          .describe('Of a smart card; null for other factors.'),
      }),
    ),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'User' })

/** `GET /v1/users/{userId}`: a user with the factors enrolled, without their secrets. */
export const getUser: Endpoint = {
  summary: 'Read a user',
  answers: { 200: { description: 'The user.', content: { 'application/json': USER } } },
  async handler({ pool }, { params, caller }) {
    const userId = params['userId'] ?? ''
    const user = userId.includes('\0') ? null : await findUser(pool, caller.tenantId, userId)
    if (user === null) throw new Refusal('not-found', 'There is no user of this id.')
    return json(200, { ...user, createdAt: user.createdAt.toISOString() }, { 'Cache-Control': 'no-store' })
  },
}
