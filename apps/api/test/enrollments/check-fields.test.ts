import type { DesignField, FieldType } from '@muster/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkChangedFields, checkNewFields, checkSearchedFields } from '../../src/enrollments/check-fields.ts'

const field = (name: string, type: FieldType, required = false): DesignField => ({
  name,
  type,
  required,
  unique: false,
})

const FIELDS = [
  field('Name', 'text', true),
  field('Level', 'number'),
  field('Until', 'date'),
  field('Code', 'barcode', true),
  field('Photo', 'image'),
]

const GOOD = [
  { name: 'Name', value: 'Ann' },
  { name: 'Code', value: ' E 1 ' },
]

describe('the fields of a new record', () => {
  it('are kept in one spelling, those without a value left out', () => {
    const given = [
      ...GOOD,
      { name: 'Level', value: 3.5 },
      { name: 'Until', value: ' 04/01/2026 ' },
      { name: 'Photo', value: null },
    ]
    expect(checkNewFields(FIELDS, given)).toEqual({
      values: { Name: 'Ann', Code: ' E 1 ', Level: '3.5', Until: '2026-04-01' },
      mistakes: [],
    })
  })

  it('are told everything that is wrong with them, each once', () => {
    const given = [
      { name: 'Code', value: 'é' },
      { name: 'Level', value: 'many' },
      { name: 'Until', value: '2026-02-30' },
      { name: 'Photo', value: 'x' },
      { name: 'Nope', value: 'secret' },
      { name: 'Nope', value: 'secret' },
      { name: 'name', value: 'secret' },
    ]
    const { mistakes } = checkNewFields(FIELDS, given)
    expect(mistakes.map((each) => each.split(':')[0])).toEqual([
      'Code',
      'Level',
      'Until',
      'Photo',
      'Nope, name',
      'Name',
    ])
    expect(mistakes.join(' ')).not.toMatch(/many|secret|02-30|é/)
    expect(mistakes.at(-1)).toBe('Name: must be filled.')
  })

  it('are given once, and are of a kind that JSON has for text and numbers', () => {
    expect(checkNewFields(FIELDS, [...GOOD, { name: 'Name', value: 'Bob' }]).mistakes).toEqual(['Name: give it once.'])
    for (const value of [true, [], {}, ['Ann']]) {
      expect(checkNewFields(FIELDS, [{ name: 'Name', value }, GOOD[1] ?? { name: '' }]).mistakes).toEqual([
        'Name: expected text.',
      ])
    }
  })

  it.each<[string, unknown, boolean]>([
    ['1,024 characters', '😀'.repeat(1_024), true],
    ['1,025 characters', 'x'.repeat(1_025), false],
    ['1,025 characters of two units', '😀'.repeat(1_025), false],
    ['NUL', 'a\0b', false],
    ['half a character', 'a\ud83d', false],
    ['a line end', 'a\nb', false],
    ['a number', 12, true],
    ['every other letter', 'Ünïçødé 漢字 🏴‍☠️', true],
  ])('take or refuse text of %s', (_, value, isTaken) => {
    expect(checkNewFields([field('Name', 'text')], [{ name: 'Name', value }]).mistakes.length === 0).toBe(isTaken)
  })

  it('take barcodes of 1 to 80 printable ASCII characters alone', () => {
    const isTaken = (value: string) =>
      checkNewFields([field('Code', 'barcode')], [{ name: 'Code', value }]).mistakes.length === 0
    expect([
      isTaken('x'.repeat(80)),
      isTaken('x'.repeat(81)),
      isTaken('~! '),
      isTaken('a\tb'),
      isTaken('a\x7f'),
    ]).toEqual([true, false, true, false, false])
  })

  it('tell only some of the names that are unknown, and nothing in them that could break a line', () => {
    const given = Array.from({ length: 50 }, (_, index) => ({ name: `n${index}\n${'x'.repeat(500)}` }))
    const [mistake = ''] = checkNewFields([], given).mistakes
    expect(mistake).toContain('and 45 more')
    expect(mistake.length).toBeLessThan(400)
    expect(mistake).not.toContain('\n')
  })

  it('never come out with a value that the design has not, whatever is given', () => {
    const given = fc.array(
      fc.record({ name: fc.constantFrom('Name', 'Code', '__proto__', 'toString', ''), value: fc.anything() }),
    )
    fc.assert(
      fc.property(given, (fields) => {
        const { values, mistakes } = checkNewFields(FIELDS, fields)
        for (const name of Object.keys(values)) expect(FIELDS.map((each) => each.name)).toContain(name)
        const isWhole = Object.hasOwn(values, 'Name') && Object.hasOwn(values, 'Code')
        expect(isWhole || mistakes.length > 0).toBe(true)
      }),
    )
  })
})

describe('the fields of a record that is changed', () => {
  it('are those given; an empty one is emptied', () => {
    const given = [{ name: 'Level', value: '' }, { name: 'Until' }, { name: 'Name', value: 'Bob' }]
    expect(checkChangedFields(FIELDS, given)).toEqual({
      values: { Level: null, Until: null, Name: 'Bob' },
      mistakes: [],
    })
  })

  it('cannot be emptied when they are required', () => {
    expect(checkChangedFields(FIELDS, [{ name: 'Name', value: ' ' }]).mistakes).toEqual(['Name: must be filled.'])
    expect(checkChangedFields(FIELDS, []).mistakes).toEqual([])
  })
})

describe('the fields that are searched by', () => {
  it('have a value each, in any spelling', () => {
    expect(checkSearchedFields(FIELDS, [{ name: 'Level', value: '+3.50' }]).values).toEqual({ Level: '3.5' })
    expect(checkSearchedFields(FIELDS, [{ name: 'Name', value: '' }]).mistakes).toEqual([
      'Name: give the value to look for.',
    ])
    expect(checkSearchedFields(FIELDS, [{ name: 'Nope', value: 'x' }]).mistakes).toHaveLength(1)
  })
})
