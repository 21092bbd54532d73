import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { brokenMuster } from './broken-muster.ts'
import { eventually } from './eventually.ts'
import { query } from './record.ts'
import { beginUpload, uploads } from './unfinished-upload.ts'

const ROWS = 200_000
const MEBIBYTES = 8
const TWO_HOURS_S = 2 * 60 * 60

describe('the API, killed while an upload runs', () => {
  const muster = brokenMuster({ WORKERS: '1' })

  const operations = async (): Promise<number> => {
    const sql = 'select count(*)::int as operations from operations'
    const [row] = await query<{ operations: number }>(await muster().databaseUrl(), sql)
    return row?.operations ?? Number.NaN
  }

  it('makes no operation of it, removes what is left, and disturbs no import', async () => {
    const { supervisor } = muster()
    const started = await muster().startImport('api-killed-', ROWS)
    const kept = [...(await uploads(supervisor.dataFolder)).keys()]
    const upload = await beginUpload((await supervisor.run()).api, await muster().token(), MEBIBYTES)
    const cut = await eventually('most of the upload to be on disk', 20_000, async () => {
      const found = [...(await uploads(supervisor.dataFolder))].find(([name]) => !kept.includes(name))
      return found !== undefined && found[1] > (MEBIBYTES / 2) * 1024 * 1024 ? found[0] : null
    })

    await supervisor.killAndAwaitNext('api')
    await upload.broken
    await muster().expectToGoOn('after-api-')
    expect(await operations()).toBe(2)

    // What a killed API leaves behind is removed an hour later: here, at its next start.
    const longAgo = Date.now() / 1_000 - TWO_HOURS_S
    await utimes(join(supervisor.dataFolder, 'files', 'operations', cut), longAgo, longAgo)
    await supervisor.killAndAwaitNext('api')
    await eventually('the rest of the upload to be removed', 30_000, async () => {
      return (await uploads(supervisor.dataFolder)).has(cut) ? null : true
    })
    await muster().expectExactlyOnce(started)
    expect([...(await uploads(supervisor.dataFolder)).keys()]).toEqual(expect.arrayContaining(kept))
  })
})
