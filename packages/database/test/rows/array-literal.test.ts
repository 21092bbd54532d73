import { type TestDatabase, testDatabase } from '@muster/testkit'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { arrayLiteral } from '../../src/rows/array-literal.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

async function readBack(type: string, values: Parameters<typeof arrayLiteral>[0]): Promise<unknown[]> {
  const { rows } = await database.pool.query(`select value from unnest($1::${type}[]) as value`, [arrayLiteral(values)])
  return rows.map(({ value }) => value)
}

describe('arrayLiteral', () => {
  it('is read by PostgreSQL as the texts it was made of', async () => {
    const awkward = fc.constantFrom(
      '',
      ' ',
      'null',
      'NULL',
      '"',
      '\\',
      '\\"',
      '{',
      '}',
      ',',
      '\n',
      '\t',
      "'",
      '木',
      '𠮷',
      '\\x41',
    )
    const text = fc.oneof(
      awkward,
      fc.string({ unit: 'grapheme' }).map((value) => value.replaceAll('\0', '')),
      fc.constant(null),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(text), async (values) => {
        expect(await readBack('text', values)).toEqual(values)
      }),
      { numRuns: 200 },
    )
  })

  it('is read as the bytes, booleans and JSON it was made of', async () => {
    const bytes = [Buffer.of(0, 34, 92, 255), Buffer.alloc(0), null]
    expect(await readBack('bytea', bytes)).toEqual(bytes)
    expect(await readBack('boolean', [true, false, null])).toEqual([true, false, null])
    const json = { name: 'a "quoted" \\ text, {braced}' }
    expect(await readBack('jsonb', [JSON.stringify(json), null])).toEqual([json, null])
  })
})
