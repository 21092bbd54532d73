import { describe, expect, it } from 'vitest'
import { awaitNews } from '../../../../src/dialects/native/operations/await-news.ts'
import { Watch } from '../../../../src/watch/watch.ts'
import { look } from '../../../watch/look.ts'

const inMs = (ms: number) => performance.now() + ms

describe('a wait for news', () => {
  it('has some when the operation changed, and from time to time although nothing was seen to change', async () => {
    const watch = new Watch(() => {})
    const news = awaitNews(watch, { until: inMs(60_000), of: 'change' })
    const looking = setInterval(() => watch.tell(look()), 20)
    expect(await news.next()).toMatchObject({ done: false })
    const began = performance.now()
    expect(await news.next()).toMatchObject({ done: false })
    expect(performance.now() - began).toBeGreaterThan(1_900)
    clearInterval(looking)
    watch.tell(look({ failed: 1 }))
    expect(await news.next()).toMatchObject({ done: false })
    expect(performance.now() - began).toBeLessThan(3_500)
  })

  it('for the end has none but that', async () => {
    const watch = new Watch(() => {})
    const news = awaitNews(watch, { until: inMs(60_000), of: 'end' })
    const next = news.next()
    watch.tell(look({ failed: 1 }))
    await new Promise(setImmediate)
    watch.tell(look({ state: 'FAILED' }))
    expect(await next).toMatchObject({ done: false })
    watch.tell({ kind: 'gone' })
    expect(await news.next()).toMatchObject({ done: false })
  })

  it('is over in time, and with the watch', async () => {
    const watch = new Watch(() => {})
    expect(await awaitNews(watch, { until: inMs(50), of: 'end' }).next()).toMatchObject({ done: true })
    const next = awaitNews(watch, { until: inMs(60_000), of: 'change' }).next()
    watch.stop()
    expect(await next).toMatchObject({ done: true })
  })
})
