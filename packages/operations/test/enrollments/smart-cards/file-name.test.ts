import { CERTIFICATE_FILENAME_PATTERNS } from '@muster/contracts'
import { Wrong } from '@muster/engine'
import { describe, expect, it } from 'vitest'
import { fileColumn } from '../../../src/enrollments/smart-cards/file-name.ts'

/** What a file's name is read as: the value, or the code of what is wrong. */
function read(pattern: (typeof CERTIFICATE_FILENAME_PATTERNS)[number], file: string) {
  const value = fileColumn(pattern).read(file)
  return value instanceof Wrong ? value.code : value
}

describe('the name of a certificate’s file', () => {
  it.each(['a@example.com.cer', 'a@example.com.CRT', 'a@example.com.der', 'a@example.com.Pem'])(
    'is what stands before its extension: %s',
    (file) => expect(read('Primary Email', file)).toBe('a@example.com'),
  )

  it.each(['a@example.com', 'a@example.com.txt', 'a@example.com.cer.zip', 'cer', '.cer', ''])(
    'is none without one of the four extensions: %s',
    (file) => {
      for (const pattern of CERTIFICATE_FILENAME_PATTERNS) expect(read(pattern, file)).toBe('INVALID_FILE_NAME')
    },
  )

  it('does not count its folders', () => {
    expect(read('Primary Email', 'cards/2026/A@Example.com.cer')).toBe('a@example.com')
    expect(read('Employee ID', '../../E-1.cer')).toBe('E-1')
  })

  it('is an employee id as it stands', () => {
    expect(read('Employee ID', 'e 1.x.cer')).toBe('e 1.x')
    expect(read('Employee ID', `${'x'.repeat(255)}.cer`)).toBe('x'.repeat(255))
    expect(read('Employee ID', `${'x'.repeat(256)}.cer`)).toBe('INVALID_FILE_NAME')
    expect(read('Employee ID', 'line\nend.cer')).toBe('line\nend')
  })

  it('is a mobile number in E.164, spaces and dashes left out', () => {
    expect(read('Mobile Number', '+1 415-555-0123.cer')).toBe('+14155550123')
    for (const file of ['14155550123.cer', '+1(415)5550123.cer', '+0155.cer', 'a.cer']) {
      expect(read('Mobile Number', file)).toBe('INVALID_FILE_NAME')
    }
  })

  it('tells what it should be, and not what it is', () => {
    const value = fileColumn('Primary Email').read('secret.cer')
    expect(value).toBeInstanceOf(Wrong)
    expect(value).toMatchObject({ params: { expected: 'an email address before .cer, .crt, .der or .pem' } })
  })

  it('is linear in its length', () => {
    expect(read('Employee ID', `${'.cer'.repeat(100_000)}x`)).toBe('INVALID_FILE_NAME')
  })
})
