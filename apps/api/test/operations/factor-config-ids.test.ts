import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseFactorConfigIds } from '../../src/operations/factor-config-ids.ts'

const id = fc.bigInt({ min: 0n, max: 2n ** 53n - 1n }).map(String)

describe('factor_configs', () => {
  it('are the same ids in all four forms', () => {
    fc.assert(
      fc.property(fc.uniqueArray(id, { minLength: 1, maxLength: 12 }), (ids) => {
        const forms = [ids, [ids.join(',')], [JSON.stringify(ids)], [`[${ids.join(', ')}]`], [` ${ids.join(' , ')} `]]
        for (const form of forms) expect(parseFactorConfigIds(form)).toEqual({ ids, refused: [] })
      }),
    )
  })

  it('count an id given twice once, whatever its writing', () => {
    expect(parseFactorConfigIds(['1,2', '[2, "1"]', '0001']).ids).toEqual(['1', '2'])
  })

  it('tell everything that is no id', () => {
    expect(parseFactorConfigIds(['1,x', '[-2, "3", null, {"id":4}]', '1.5', '[1']).refused).toEqual([
      'x',
      '-2',
      'null',
      '{"id":4}',
      '1.5',
      '[1',
    ])
  })

  it('are none when nothing is written', () => {
    for (const form of [[], [''], ['[]'], [' , ']]) expect(parseFactorConfigIds(form)).toEqual({ ids: [], refused: [] })
  })

  it('refuse a JSON number that has lost digits', () => {
    expect(parseFactorConfigIds(['[9007199254740993]'])).toEqual({
      ids: [],
      refused: ['9007199254740992 (write it as a string)'],
    })
    expect(parseFactorConfigIds(['["9007199254740993"]']).ids).toEqual(['9007199254740993'])
  })
})
