import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeEnrollmentId, encodeEnrollmentId } from '../src/enrollment-ids.ts'

const KEY = 'QUICKSTARTPRIMARYKEY'

const base64 = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64')

/** All ways to write the same bytes in Base64: either alphabet, with padding, without, or with a part of it. */
function spellings(text: string): readonly string[] {
  const bytes = Buffer.from(text)
  return [bytes.toString('base64'), bytes.toString('base64url')].flatMap((each) => {
    const bare = each.replace(/=+$/, '')
    return [bare, bare.padEnd(Math.ceil(bare.length / 4) * 4, '=')]
  })
}

describe('the id of an enrollment', () => {
  it('is read back from every spelling of it, whatever the key', () => {
    const ids = fc.record({ workflowId: fc.uuid(), key: fc.string({ minLength: 1, unit: 'grapheme' }) })
    fc.assert(
      fc.property(ids, (id) => {
        const json = Buffer.from(encodeEnrollmentId(id), 'base64url').toString()
        for (const spelling of [encodeEnrollmentId(id), ...spellings(json)]) {
          expect(decodeEnrollmentId(spelling)).toEqual(id)
        }
      }),
    )
  })

  it('is given out in the alphabet of addresses and without padding', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.string({ minLength: 1 }), (workflowId, key) => {
        expect(encodeEnrollmentId({ workflowId, key })).toMatch(/^[\w-]+$/)
      }),
    )
  })

  it('is read with the members of its JSON in any order and spacing, and its UUID in any case', () => {
    const workflowId = '925090aa-decc-40fe-b3e4-16021c63592b'
    const written = `{ "whereClause": { "${KEY}": "14" },\n "workflowId": "${workflowId.toUpperCase()}" }`
    expect(decodeEnrollmentId(base64(written))).toEqual({ workflowId, key: '14' })
  })

  it('is none when it is anything else, whatever that is', () => {
    const isNone = (id: string): boolean => decodeEnrollmentId(id) === null
    fc.assert(fc.property(fc.string(), isNone))
    fc.assert(fc.property(fc.json().map(base64), isNone))
  })

  const workflowId = '925090aa-decc-40fe-b3e4-16021c63592b'
  it.each<[string, string]>([
    [
      'broken JSON',
      'eyJ3b3JrZmxvd0lkIjoiOTI1MDkwYWEtZGVjYy00MGZlLWIzZTQtMTYwMjFjNjU5MmIwIiwid2hlcmVDbGF1c2UiOnsiUVVJQ0tTVEFSVFBSSU1BUllLRVkiOiIxNCJ8fQ',
    ],
    ['no workflow', base64({ whereClause: { [KEY]: '14' } })],
    ['a workflow that is no UUID', base64({ workflowId: '14', whereClause: { [KEY]: '14' } })],
    ['no key', base64({ workflowId, whereClause: {} })],
    ['an empty key', base64({ workflowId, whereClause: { [KEY]: '' } })],
    ['a key that is a number', base64({ workflowId, whereClause: { [KEY]: 14 } })],
    ['another key beside it', base64({ workflowId, whereClause: { [KEY]: '14', NAME: 'x' } })],
    ['a list of keys', base64({ workflowId, whereClause: [{ [KEY]: '14' }] })],
    ['a stray letter', `${base64({ workflowId, whereClause: { [KEY]: '14' } }).replace(/=+$/, '')}*`],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]).toString('base64')],
  ])('is none with %s', (_, id) => {
    expect(decodeEnrollmentId(id)).toBeNull()
  })
})
