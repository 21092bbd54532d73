import { ENCODINGS } from '@muster/contracts'
import { describe, expect, it } from 'vitest'
import { canWrite, csvCharset } from '../src/index.ts'

describe('the encoding of a file we write', () => {
  it('is the client’s own, but for the two that nothing here can write', () => {
    const others = ENCODINGS.filter((encoding) => canWrite(encoding) !== encoding)
    expect(others).toEqual(['ISO-2022-JP', 'X-WINDOWS-ISO2022JP'])
    expect(others.map(canWrite)).toEqual(['UTF-8', 'UTF-8'])
  })

  it('has a name that a browser knows', () => {
    for (const encoding of ENCODINGS) expect(() => new TextDecoder(csvCharset(encoding))).not.toThrow()
  })
})
