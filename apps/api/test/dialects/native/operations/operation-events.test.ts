import { createPool } from '@muster/database'
import { afterAll, describe, expect, it } from 'vitest'
import { operationEvents } from '../../../../src/dialects/native/operations/operation-events.ts'
import { Watch } from '../../../../src/watch/watch.ts'
import { look, RUNNING } from '../../../watch/look.ts'

// Nobody listens there: whatever is asked of it is an outage.
const away = createPool('postgresql://127.0.0.1:1/nowhere', { applicationName: 'test' })
afterAll(() => away.end())

/** What stands in the stream, with the milliseconds since the piece before, until `count` pieces came. */
async function pieces(events: AsyncIterable<Uint8Array>, count: number) {
  const seen: { readonly text: string; readonly gap: number }[] = []
  let last = performance.now()
  for await (const bytes of events) {
    seen.push({ text: Buffer.from(bytes).toString(), gap: performance.now() - last })
    last = performance.now()
    if (seen.length === count) break
  }
  return seen
}

describe('the events of an operation', () => {
  it('have progress four times a second at most, however often the operation is looked at', async () => {
    const watch = new Watch(() => {})
    let succeeded = 0
    const looking = setInterval(() => watch.tell(look({ succeeded: ++succeeded })), 5)
    const [, first, ...later] = await pieces(operationEvents(away, watch, RUNNING, null), 6)
    clearInterval(looking)
    watch.stop()
    expect(first?.text).toMatch(/^event: progress\n/)
    expect(first?.gap).toBeLessThan(200)
    for (const { text, gap } of later) {
      expect(text).toMatch(/^event: progress\n/)
      expect(gap).toBeGreaterThanOrEqual(235)
    }
  })

  it('have no progress when nothing changed, and comments that show that they are alive', async () => {
    const watch = new Watch(() => {})
    const looking = setInterval(() => watch.tell(look()), 5)
    const seen = await pieces(operationEvents(away, watch, RUNNING, null, 300), 4)
    clearInterval(looking)
    watch.stop()
    expect(seen.map(({ text }) => text.split(':')[0])).toEqual(['retry', 'event', '', ''])
  })

  it('go on although the history cannot be read at the moment, and do not end before it is told', async () => {
    const watch = new Watch(() => {})
    const ended = { state: 'COMPLETED', changeId: '7', total: 0, endedAt: new Date() } as const
    watch.tell(look(ended))
    const seen = await pieces(operationEvents(away, watch, RUNNING, null, 300), 4)
    watch.stop()
    expect(seen.map(({ text }) => text.split(':')[0])).toEqual(['retry', 'event', '', ''])
  })

  it('end with the watch', async () => {
    const watch = new Watch(() => {})
    watch.stop()
    expect(await pieces(operationEvents(away, watch, RUNNING, null), 9)).toHaveLength(2)
  })
})
