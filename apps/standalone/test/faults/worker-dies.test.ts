import { describe, expect, it } from 'vitest'
import { brokenMuster } from './broken-muster.ts'
import { moments, seed } from './random.ts'

const ROWS = 200_000
const KILLS = 5

describe('a worker that dies', () => {
  const muster = brokenMuster({ WORKERS: '1' })

  it('costs no row and doubles none, though it is killed five times at random moments', async () => {
    const chosen = seed()
    const rows = moments(chosen, KILLS, ROWS)
    console.log(`FAULTS_SEED=${chosen}: the worker is killed after ${rows.join(', ')} rows`)
    const started = await muster().startImport('killed-', ROWS)
    for (const moment of rows) {
      expect(await muster().reached(started, moment)).toMatchObject({ state: 'PROCESSING' })
      await muster().supervisor.killAndAwaitNext('worker')
    }
    await muster().expectExactlyOnce(started)
    // Every life of the worker has claimed the operation once.
    expect((await muster().record(started)).lease).toBeGreaterThan(KILLS)
  })
})
