import { describe, expect, it } from 'vitest'
import { quantity } from '../../src/settings/values.ts'

describe('quantity', () => {
  it.each([
    [0, '0'],
    [8_760, '8,760'],
    [1_000_000, '1,000,000'],
    [1_024, '1 KiB'],
    [1_536, '1,536'],
    [67_108_864, '64 MiB'],
    [5_368_709_120, '5 GiB'],
    [1_099_511_627_776, '1 TiB'],
  ])('tells %d as %s', (n, told) => {
    expect(quantity(n)).toBe(told)
  })
})
