import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Column, email, emailKey, flag, matching, phone, text, Wrong } from '../../src/declaration/columns.ts'

const example = ['', ''] as const
const codeOf = (read: unknown) => (read instanceof Wrong ? read.code : read)

describe('text', () => {
  const name = text('name', 'name', { max: 3, example })

  it('counts characters as people do, not UTF-16 units', () => {
    expect(name.read('𠮷𠮷𠮷')).toBe('𠮷𠮷𠮷')
    expect(name.read('𠮷𠮷𠮷𠮷')).toEqual(new Wrong('TOO_LONG', { max: 3 }))
  })

  it('refuses what PostgreSQL cannot store', () => {
    expect(codeOf(name.read('a\0'))).toBe('INVALID_VALUE')
  })
})

describe('email', () => {
  const column = email('email', 'email', { example })

  it.each([
    'a@example.com',
    "o'brien+x@sub.example.co.uk",
    '名前@例え.jp',
    'x_y-z@a-b.example',
    `${'a'.repeat(64)}@example.com`,
  ])('takes %s', (address) => expect(column.read(address)).toBe(address))

  it.each([
    'a',
    'a@',
    '@example.com',
    'a@b',
    'a b@example.com',
    'a@@example.com',
    'a@example..com',
    'a@-example.com',
    '.a@example.com',
    'a.@example.com',
    'a..b@example.com',
    'a@example.com,b@example.com',
    '<a@example.com>',
    `${'a'.repeat(65)}@example.com`,
    'a@example.c',
  ])('refuses %s', (address) => expect(codeOf(column.read(address))).toBe('INVALID_EMAIL'))

  it('tells an address that is too long as such', () => {
    expect(codeOf(column.read(`a@${'b.'.repeat(130)}com`))).toBe('TOO_LONG')
  })

  it('answers at once for long hostile text', () => {
    expect(codeOf(column.read(`a@${'a-'.repeat(120)}`))).toBe('INVALID_EMAIL')
  })
})

describe('emailKey', () => {
  it('folds A to Z and nothing else, as the index does', () => {
    expect(emailKey('k', 'k', { example }).read('Jörg.İX@Example.COM')).toBe('jörg.İx@example.com')
  })
})

describe('phone', () => {
  const column = phone('mobile', 'mobile', { example })

  it.each(['+14155550123', '+819012345678', '+4179555'])('takes %s', (number) =>
    expect(column.read(number)).toBe(number),
  )

  it.each([
    '14155550123',
    '+0415555012',
    '+1 415 555 0123',
    '+1415',
    '+1234567890123456',
    '+1415555012x',
    '+１４１５５５５０１２３',
  ])('refuses %s', (number) => expect(codeOf(column.read(number))).toBe('INVALID_PHONE'))
})

describe('flag', () => {
  it('is TRUE or FALSE in any case, and nothing else', () => {
    const column = flag('locked', 'locked', { example })
    expect(['TRUE', 'true', 'False', 'yes', '1', 'truefalse'].map((cell) => codeOf(column.read(cell)))).toEqual([
      true,
      true,
      false,
      'INVALID_VALUE',
      'INVALID_VALUE',
      'INVALID_VALUE',
    ])
  })
})

describe("a column's schema", () => {
  const no = new Wrong('INVALID_VALUE')
  const columns: readonly Column[] = [
    text('t', 't', { max: 5, example }),
    email('e', 'e', { example }),
    phone('p', 'p', { example }),
    flag('f', 'f', { example }),
    matching('m', 'm', { max: 20, example }, /^[A-Z2-7]{16,}$/u, no),
  ]
  const fits = ({ schema: { maxLength = Infinity, pattern = '' } }: Column, cell: string) =>
    [...cell].length <= maxLength && new RegExp(pattern, 'u').test(cell)

  it('takes every cell that the column reads', () => {
    const cells = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.emailAddress(),
      fc.mixedCase(fc.constantFrom('true', 'false')),
      fc.stringMatching(/^\+?[0-9]{6,17}$/),
      fc.stringMatching(/^[A-Z1-8]{15,21}$/),
    )
    fc.assert(
      fc.property(fc.constantFrom(...columns), cells, (column, cell) => {
        fc.pre(!(column.read(cell) instanceof Wrong))
        expect(fits(column, cell)).toBe(true)
      }),
    )
  })

  it.each([
    [0, 'abcdef'],
    [2, '+0123456789'],
    [2, '4155550101'],
    [3, 'yes'],
    [4, 'ABCDEFGHIJKLMNO1'],
    [4, 'A'.repeat(21)],
  ])('of column %i refuses %s, as reading it does', (n, cell) => {
    const column = columns[n]
    expect(column?.read(cell)).toBeInstanceOf(Wrong)
    expect(column && fits(column, cell)).toBe(false)
  })
})
