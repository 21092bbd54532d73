import { describe, expect, it } from 'vitest'
import { Pace } from '../../src/watch/pace.ts'

describe('a pace', () => {
  it('is unknown until a second was seen', () => {
    const pace = new Pace()
    expect(pace.perSecond('rows')).toBeNull()
    pace.add({ at: 5_000, rows: 100, bytes: 1_000 })
    pace.add({ at: 5_999, rows: 200, bytes: 2_000 })
    expect(pace.perSecond('rows')).toBeNull()
    pace.add({ at: 6_000, rows: 200, bytes: 3_000 })
    expect([pace.perSecond('rows'), pace.perSecond('bytes')]).toEqual([100, 2_000])
  })

  it('is that of the last ten seconds', () => {
    const pace = new Pace()
    for (let second = 0; second <= 30; second++) pace.add({ at: second * 1_000, rows: second ** 2, bytes: 0 })
    expect(pace.perSecond('rows')).toBe((30 ** 2 - 20 ** 2) / 10)
    expect(pace.perSecond('bytes')).toBe(0)
  })

  it('begins anew after a stop', () => {
    const pace = new Pace()
    pace.add({ at: 0, rows: 0, bytes: 0 })
    pace.stop()
    pace.add({ at: 60_000, rows: 5, bytes: 5 })
    expect(pace.perSecond('rows')).toBeNull()
  })
})
