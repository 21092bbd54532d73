import { describe, expect, it } from 'vitest'
import { readCredentials } from '../../../src/dialects/entrust/read-credentials.ts'

describe('a header without a scheme', () => {
  it('is a token', () => {
    expect(readCredentials('a.b-c._')).toEqual({ kind: 'token', token: 'a.b-c._' })
  })

  it.each([
    ['app,secret', 'app', 'secret'],
    ['app,a,b', 'app', 'a,b'],
    ['app,a secret', 'app', 'a secret'],
    ['a.b.c,=', 'a.b.c', '='],
  ])('%s is a client', (header, id, secret) => {
    expect(readCredentials(header)).toEqual({ kind: 'client', id, secret })
  })

  it.each([
    '',
    ',',
    'app,',
    ',secret',
    'Basic YTpi',
    'Digest username="x", realm="y"',
    `${'x'.repeat(129)},secret`,
    `app,${'x'.repeat(1025)}`,
  ])('%s is neither, so that nothing is worked out for it', (header) => {
    expect(readCredentials(header)).toBeNull()
  })
})
