import { describe, expect, it } from 'vitest'
import { DATA, S3 } from '../../src/settings/data.ts'

describe('FILE_STORE_URL', () => {
  it.each(['file:///var/lib/muster', 's3://bucket', 's3://bucket/', 's3://bucket/a/prefix', 's3://bucket/prefix/'])(
    'may be %s',
    (url) => {
      expect(DATA.FILE_STORE_URL.schema.parse(url)).toBe(url)
    },
  )

  it.each([
    '/var/lib/muster',
    's3:///prefix',
    's3://bucket/a//b',
    's3://bucket/b%20c',
    's3://key:secret@bucket',
    's3://bucket?region=x',
    'http://bucket',
  ])('may not be %s', (url) => {
    expect(DATA.FILE_STORE_URL.schema.safeParse(url).success).toBe(false)
  })
})

describe('S3_FORCE_PATH_STYLE', () => {
  it('is a word, and nothing else counts as one', () => {
    const { schema } = S3.S3_FORCE_PATH_STYLE
    expect([schema.parse('true'), schema.parse('false'), schema.parse(undefined)]).toEqual([true, false, undefined])
    expect(schema.safeParse('yes').success).toBe(false)
  })
})
