import { describe, expect, it } from 'vitest'
import { ENTRUST_ERROR, entrustRefusal } from '../../../src/dialects/entrust/errors.ts'
import { SIGN_IN_ERROR, signInRefusal } from '../../../src/dialects/entrust/sign-in/errors.ts'
import { REFUSALS, Refusal, type RefusalKind } from '../../../src/refusal.ts'

const TABLE: readonly [RefusalKind, number, string][] = [
  ['malformed-request', 400, 'malformed_request'],
  ['invalid-parameter', 400, 'invalid_parameter'],
  ['header-refused', 400, 'invalid_parameter'],
  ['archive-refused', 400, 'invalid_parameter'],
  ['unauthenticated', 401, 'unauthenticated'],
  ['forbidden', 403, 'forbidden'],
  ['not-found', 404, 'not_found'],
  ['method-not-allowed', 405, 'method_not_allowed'],
  ['conflict', 409, 'conflict'],
  ['gone', 404, 'not_found'],
  ['content-too-large', 400, 'request_too_large'],
  ['unsupported-media-type', 400, 'unsupported_media_type'],
  ['unprocessable', 409, 'unprocessable'],
  ['too-many-requests', 429, 'too_many_requests'],
  ['internal', 500, 'internal_error'],
  ['unavailable', 500, 'unavailable'],
  ['insufficient-storage', 500, 'insufficient_storage'],
]

describe('an error', () => {
  it.each(TABLE)('that is %s has status %i and code %s, here and at the sign-in', (kind, status, code) => {
    const refusal = new Refusal(kind, 'What to do.')
    const answer = entrustRefusal(refusal)
    expect(answer.status).toBe(status)
    expect(JSON.parse(String(answer.body))).toEqual({ code, message: 'What to do.' })
    const atSignIn = signInRefusal(refusal)
    expect(atSignIn.status).toBe(status)
    expect(JSON.parse(String(atSignIn.body))).toEqual({ errorCode: code, errorMessage: 'What to do.' })
  })

  it('is known for every reason to refuse', () => {
    expect(TABLE.map(([kind]) => kind)).toEqual(Object.keys(REFUSALS))
  })

  it('tells its target and parameters where there are any, and no other member', () => {
    const refusal = new Refusal('invalid-parameter', 'What to do.', {
      members: { target: 'ids', parameters: 'a b', operation: 'x' },
    })
    const body = JSON.parse(String(entrustRefusal(refusal).body))
    expect(body).toEqual({ code: 'invalid_parameter', message: 'What to do.', target: 'ids' })
    expect(ENTRUST_ERROR.strict().parse(body)).toEqual(body)
    const atSignIn = JSON.parse(String(signInRefusal(refusal).body))
    expect(atSignIn).toEqual({ errorCode: 'invalid_parameter', errorMessage: 'What to do.', parameters: ['a', 'b'] })
    expect(SIGN_IN_ERROR.strict().parse(atSignIn)).toEqual(atSignIn)
  })
})
