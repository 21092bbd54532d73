import { describe, it } from 'vitest'
import { brokenMuster } from './broken-muster.ts'
import { eventually } from './eventually.ts'
import { lives } from './supervisor.ts'

const ROWS = 200_000

describe('the supervisor, killed and started again on the same folder', () => {
  const muster = brokenMuster({ WORKERS: '1' })

  it('goes on where it stopped', async () => {
    const { supervisor } = muster()
    const started = await muster().startImport('restarted-', ROWS)
    await muster().reached(started, ROWS * 0.2)
    const children = (await supervisor.run()).processes.filter(({ role }) => role !== 'postgres' && role !== 'redis')
    await supervisor.kill()
    await eventually('its children to notice and end', 15_000, async () => {
      return children.some(({ pid }) => lives(pid)) ? null : true
    })
    await supervisor.start()
    await muster().expectExactlyOnce(started)
    await muster().expectToGoOn('after-restart-')
  })
})
