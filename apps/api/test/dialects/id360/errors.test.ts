import { describe, expect, it } from 'vitest'
import { ID360_ERRORS, type Id360ErrorCode, id360Error, id360Refusal } from '../../../src/dialects/id360/errors.ts'
import { REFUSALS, Refusal, type RefusalKind } from '../../../src/refusal.ts'

const PUBLISHED: readonly [Id360ErrorCode, string, number][] = [
  ['00000000', 'Internal Server Error', 500],
  ['00000100', 'Bad Request', 400],
  ['00000101', 'Unauthorized', 401],
  ['00000102', 'Unprocessable Content', 422],
  ['00000103', 'Unsupported Media Type', 415],
  ['00000104', 'Page Not Found', 404],
  ['00000105', 'Unsupported HTTP Method', 405],
  ['00000106', 'Forbidden', 403],
  ['00000107', 'Invalid Parameter', 400],
  ['00000108', 'Content Length is Required', 411],
  ['00000109', 'Too Many Requests', 429],
  ['00000113', 'Content Too Large', 413],
  ['00000114', 'CSV_UPLOAD_FAILED', 400],
]

describe('an error', () => {
  it('has the code, title and status of the table', () => {
    expect(Object.keys(ID360_ERRORS).sort()).toEqual(PUBLISHED.map(([code]) => code))
    for (const [code, title, status] of PUBLISHED) {
      const answer = id360Error(code, 'What to do.')
      expect(answer).toMatchObject({ status, headers: { 'Content-Type': 'application/json; charset=utf-8' } })
      expect(JSON.parse(String(answer.body))).toEqual({ error: { code, title, detail: 'What to do.' } })
    }
  })

  it('has causes where there are any', () => {
    const causes = [{ title: 'DUPLICATE_COLUMNS', detail: 'Twice.' }]
    const answer = id360Refusal(new Refusal('header-refused', 'Not the words of this dialect.', { causes }))
    expect(JSON.parse(String(answer.body))).toEqual({
      error: {
        code: '00000114',
        title: 'CSV_UPLOAD_FAILED',
        detail: "Selected CSV file's header is not consistent with this import option.",
        causes,
      },
    })
  })

  it.each([
    ['malformed-request', '00000100'],
    ['invalid-parameter', '00000107'],
    ['header-refused', '00000114'],
    ['unauthenticated', '00000101'],
    ['forbidden', '00000106'],
    ['not-found', '00000104'],
    ['method-not-allowed', '00000105'],
    ['conflict', '00000102'],
    ['content-too-large', '00000113'],
    ['unsupported-media-type', '00000103'],
    ['too-many-requests', '00000109'],
    ['internal', '00000000'],
    ['unavailable', '00000000'],
    ['insufficient-storage', '00000000'],
  ] satisfies [RefusalKind, Id360ErrorCode][])('that is %s has code %s', (kind, code) => {
    expect(JSON.parse(String(id360Refusal(new Refusal(kind, 'Why.')).body))).toMatchObject({ error: { code } })
  })

  it('is known for every reason to refuse', () => {
    for (const kind of Object.keys(REFUSALS) as RefusalKind[]) {
      expect(id360Refusal(new Refusal(kind, 'Why.')).status).toBeGreaterThanOrEqual(400)
    }
  })
})
