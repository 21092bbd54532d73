import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { inTime } from '../src/index.ts'

describe('work that is given a time', () => {
  it('is told with what comes of it', async () => {
    expect(await inTime(10_000, Promise.resolve('done'))).toBe('done')
    await expect(inTime(10_000, Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  })

  it('fails when it takes longer', async () => {
    await expect(inTime(20, new Promise(() => {}))).rejects.toThrow('not done within 20 ms')
    await expect(inTime(20, delay(60))).rejects.toThrow('not done within 20 ms')
  })

  it('does not fail because the whole process was held up', async () => {
    const work = inTime(60, delay(20, 'done'))
    const until = performance.now() + 150
    while (performance.now() < until);
    expect(await work).toBe('done')
  })
})
