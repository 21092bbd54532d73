import { findClient } from '@muster/database'
import { decodeJwt } from 'jose'
import { z } from 'zod'
import type { AccessTokens } from '../../../auth/access-tokens.ts'
import { isSecret } from '../../../auth/client-secret.ts'
import { Refusal } from '../../../refusal.ts'
import type { Services } from '../../../services.ts'
import { type Answer, json, type PublicRequest, type RouteDescription } from '../../route.ts'
import { timeOf } from '../time.ts'

const BODY = z.object(
  {
    applicationId: z.string('expected text'),
    sharedSecret: z.string('expected text'),
    enableWebSession: z.boolean('expected true or false').nullish().describe('Makes no difference here.'),
  },
  'expected an object',
)

const TOKEN = z
  .object({
    authToken: z.string().describe('To be sent as `Authorization`, without a scheme.'),
    creationTime: z.iso.datetime(),
    expirationTime: z.iso.datetime(),
  })
  .meta({ id: 'EntrustToken' })

export const SIGN_IN: RouteDescription = {
  summary: 'Get an access token',
  details: 'It is valid for an hour, and has all scopes of the client.',
  body: { 'application/json': BODY },
  answers: { 200: { description: 'An access token.', content: { 'application/json': TOKEN } } },
}

/** `POST /api/web/v1/adminapi/authenticate`. Throws a Refusal. */
export async function authenticate(
  { pool }: Pick<Services, 'pool'>,
  tokens: AccessTokens,
  request: PublicRequest,
): Promise<Answer> {
  const { applicationId, sharedSecret } = readBody(await request.json())
  const client = await findClient(pool, applicationId.replaceAll('\0', '\uFFFD'))
  const right = await isSecret(sharedSecret, client?.secretHash ?? null)
  if (client === null || !right) {
    throw new Refusal('unauthenticated', 'The application id or the shared secret is wrong.', {
      // RFC 9110 §15.5.2 wants one; the credentials are in the body.
      headers: { 'WWW-Authenticate': 'Bearer' },
    })
  }
  const authToken = await tokens.issue(client, client.scopes)
  const { iat = 0, exp = 0 } = decodeJwt(authToken)
  const body = { authToken, creationTime: timeOf(seconds(iat)), expirationTime: timeOf(seconds(exp)) }
  return json(200, body, { 'Cache-Control': 'no-store' })
}

function seconds(sinceEpoch: number): Date {
  return new Date(sinceEpoch * 1_000)
}

function readBody(body: unknown): z.infer<typeof BODY> {
  const result = BODY.safeParse(body)
  if (result.success) return result.data
  const { issues } = result.error
  const names = issues.map(({ path }) => path.join('.')).filter((name) => name !== '')
  const detail = issues.map(({ path, message }) => `${path.join('.') || 'The body'}: ${message}.`).join(' ')
  throw new Refusal('invalid-parameter', detail, { members: names.length === 0 ? {} : { parameters: names.join(' ') } })
}
