import { setTimeout as delay, setImmediate as turnOfEvents } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Collectors } from '../../src/metrics/collectors.ts'
import { Instruments } from '../../src/metrics/registry.ts'
import { value } from '../series.ts'

/** Collectors of one gauge each. */
function collecting() {
  const lines: string[] = []
  const log = {
    info: (_fields: object, message: string) => void lines.push(message),
    warn: (_fields: object, message: string) => void lines.push(message),
  }
  const instruments = new Instruments('test')
  const collectors = new Collectors(instruments, log)
  return {
    lines,
    add(name: string, source: () => Promise<number>) {
      const gauge = instruments.gauge(`test_${name}`, name)
      collectors.add({ name, source, set: (answer) => gauge.set(answer), clear: () => gauge.remove() })
    },
    async scrape() {
      await collectors.collect()
      return (await instruments.text()).body
    },
  }
}

/** Throws when the work is not done within so many milliseconds. */
async function inTime<T>(ms: number, work: Promise<T>): Promise<T> {
  return Promise.race([work, delay(ms, null, { ref: false }).then(() => Promise.reject(new Error('late')))])
}

const errors = (body: string, collector: string) => value(body, 'muster_collector_errors_total', { collector })

describe('collectors', () => {
  it('are asked at every scrape', async () => {
    const { add, scrape } = collecting()
    let answer = 3
    add('depth', async () => answer++)
    expect(value(await scrape(), 'test_depth')).toBe(3)
    const body = await scrape()
    expect(value(body, 'test_depth')).toBe(4)
    expect(errors(body, 'depth')).toBe(0)
  })

  it('leave their series out while they fail, however they do, and count that, and keep no other from its own', async () => {
    const { add, scrape, lines } = collecting()
    let fails = false
    add('depth', async () => {
      if (fails) throw new Error('the database is away')
      return 1
    })
    add('sudden', () => {
      if (fails) throw new Error('at once')
      return Promise.resolve(2)
    })
    add('good', async () => 3)
    expect(value(await scrape(), 'test_depth')).toBe(1)
    fails = true
    await scrape()
    const body = await scrape()
    expect([value(body, 'test_depth'), value(body, 'test_sudden'), value(body, 'test_good')]).toEqual([
      undefined,
      undefined,
      3,
    ])
    expect([errors(body, 'depth'), errors(body, 'sudden'), errors(body, 'good')]).toEqual([2, 2, 0])
    fails = false
    expect(value(await scrape(), 'test_depth')).toBe(1)
    // Told when it begins and when it ends, and not at every scrape.
    expect(lines.sort()).toEqual([
      'metrics can be collected again',
      'metrics can be collected again',
      'metrics cannot be collected',
      'metrics cannot be collected',
    ])
  })

  it('hold up one scrape for two seconds when they hang, whatever their number, and are asked no second time', async () => {
    const { add, scrape } = collecting()
    let asked = 0
    const answers: ((answer: number) => void)[] = []
    const hang = () => {
      asked++
      return new Promise<number>((resolve) => void answers.push(resolve))
    }
    for (const name of ['a', 'b', 'c']) add(name, hang)
    add('good', async () => 1)
    // One after the other they would take six.
    const first = await inTime(4_000, scrape())
    expect(value(first, 'test_good')).toBe(1)
    const second = await inTime(1_000, scrape())
    expect(asked).toBe(3)
    expect(errors(second, 'a')).toBe(2)
    for (const each of answers) each(7)
    await turnOfEvents()
    const freed = scrape()
    await expect.poll(() => asked).toBe(6)
    for (const each of answers) each(8)
    expect(value(await freed, 'test_c')).toBe(8)
  })

  it('answer two scrapes at the same time with one question', async () => {
    const { add, scrape } = collecting()
    let asked = 0
    let answer = (_: number) => {}
    add('depth', () => {
      asked++
      return new Promise((resolve) => {
        answer = resolve
      })
    })
    const both = [scrape(), scrape()]
    answer(5)
    for (const body of await Promise.all(both)) {
      expect(value(body, 'test_depth')).toBe(5)
      expect(errors(body, 'depth')).toBe(0)
    }
    expect(asked).toBe(1)
  })
})
