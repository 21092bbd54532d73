import { describe, expect, it } from 'vitest'
import { brokenMuster } from './broken-muster.ts'
import { eventually } from './eventually.ts'
import { moments, seed } from './random.ts'
import { query } from './record.ts'
import { lives } from './supervisor.ts'
import { ageUpload, beginUpload, uploads } from './unfinished-upload.ts'

const ROWS = 200_000
const KILLS = 5
const MEBIBYTES = 8
const LONG_AGO_S = 2 * 60 * 60

describe('a process that dies during an import', () => {
  const muster = brokenMuster({ WORKERS: '1' })

  it('is the worker, killed five times at random moments: no row is lost, none is doubled', async () => {
    const chosen = seed()
    const rows = moments(chosen, KILLS, ROWS)
    console.log(`FAULTS_SEED=${chosen}: the worker is killed after ${rows.join(', ')} rows`)
    const started = await muster().startImport('killed-', ROWS)
    for (const moment of rows) {
      expect(await muster().reached(started, moment)).toMatchObject({ state: 'PROCESSING' })
      await muster().supervisor.killAndAwaitNext('worker')
    }
    await muster().expectExactlyOnce(started)
    // Every life of the worker has claimed the operation.
    expect((await muster().record(started)).lease).toBeGreaterThan(KILLS)
  })

  it('is the API with an upload: no operation comes of it, what is left is removed, the next one works', async () => {
    const { supervisor } = muster()
    const started = await muster().startImport('api-killed-', ROWS)
    const before = await operations()
    const kept = [...(await uploads(supervisor.dataFolder)).keys()]
    const upload = await beginUpload((await supervisor.run()).api, await muster().token(), MEBIBYTES)
    const cut = await eventually('most of the upload to be on disk', 20_000, async () => {
      const found = [...(await uploads(supervisor.dataFolder))].find(([name]) => !kept.includes(name))
      return found !== undefined && found[1] > (MEBIBYTES / 2) * 1024 * 1024 ? found[0] : null
    })

    await supervisor.killAndAwaitNext('api')
    await upload.broken
    await muster().expectToGoOn('after-api-')
    expect(await operations()).toBe(before + 1)

    // What a killed API leaves behind is removed when it is an hour old, by the next start at the latest.
    await ageUpload(supervisor.dataFolder, cut, LONG_AGO_S)
    await supervisor.killAndAwaitNext('api')
    await eventually('the rest of the upload to be removed', 30_000, async () => {
      return (await uploads(supervisor.dataFolder)).has(cut) ? null : true
    })
    await muster().expectExactlyOnce(started)
    expect([...(await uploads(supervisor.dataFolder)).keys()]).toEqual(expect.arrayContaining(kept))
  })

  it('is the supervisor: started again on the same folder, it goes on where it stopped', async () => {
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
  })

  const operations = async (): Promise<number> => {
    const sql = 'select count(*)::int as operations from operations'
    const [row] = await query<{ operations: number }>(await muster().databaseUrl(), sql)
    return row?.operations ?? Number.NaN
  }
})
