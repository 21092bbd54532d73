import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { brokenMuster } from './broken-muster.ts'
import { eventually } from './eventually.ts'
import { moments, pauses, seed } from './random.ts'
import { query } from './record.ts'
import { smartCards } from './smart-cards.ts'
import { lives } from './supervisor.ts'
import { ageUpload, beginUpload, uploads } from './unfinished-upload.ts'
import { users } from './users-file.ts'

const KILLS = 5
/** So short that nothing ends in it, and longer than a chunk takes. */
const LONGEST_PAUSE_MS = 250
const CUT_BYTES = 4 * 1024 * 1024
const LONG_AGO_S = 2 * 60 * 60

describe('a process that dies while users and smart cards come in', () => {
  const muster = brokenMuster({ WORKERS: '1' })
  const kinds = [users, smartCards()]

  it('is the worker, killed five times, first with an archive just taken up: no row is lost, none is doubled', async () => {
    const chosen = seed()
    const both = await muster().startAll(kinds, 'killed')
    // Rows are seen when they are committed: without a pause, no kill would be late in the chunk after.
    const pausesMs = [0, ...pauses(chosen, KILLS - 1, LONGEST_PAUSE_MS)]
    for (const [index, part] of [0, ...moments(chosen, KILLS - 1, 1_000)].entries()) {
      // Whichever of them is ahead, so that all kills hit both.
      const hit = await muster().furthest(both, part / 1_000)
      for (const each of hit) expect(each).toMatchObject({ state: 'PROCESSING' })
      await sleep(pausesMs[index])
      await muster().supervisor.killAndAwaitNext('worker')
      await muster().claimedAgain(both, hit)
      const rows = hit.map(({ done, isNormalised }) => `${done} rows${isNormalised ? ' from a list' : ''}`)
      console.log(`FAULTS_SEED=${chosen}: the worker was killed after ${rows.join(' and ')}`)
    }
    for (const started of both) await muster().expectExactlyOnce(started)
  })

  it('is the API with uploads: no operation comes of them, what is left is removed, the next one works', async () => {
    const { supervisor } = muster()
    const both = await muster().startAll(kinds, 'api-killed')
    const before = await operations()
    const kept = [...(await uploads(supervisor.dataFolder)).keys()]
    const access = await muster().access()
    const begun = await Promise.all(both.map(({ upload }) => beginUpload(access, upload.form, CUT_BYTES)))
    const cut = await eventually('most of the uploads to be on disk', 20_000, async () => {
      const found = [...(await uploads(supervisor.dataFolder))].filter(([name]) => !kept.includes(name))
      const large = found.filter(([, bytes]) => bytes > CUT_BYTES / 2)
      return large.length === both.length ? large.map(([name]) => name) : null
    })

    await supervisor.killAndAwaitNext('api')
    await Promise.all(begun.map(({ broken }) => broken))
    await muster().expectToGoOn('after-api')
    expect(await operations()).toBe(before + 1)

    // What a killed API leaves behind is removed when it is an hour old, by the next start at the latest.
    for (const name of cut) await ageUpload(supervisor.dataFolder, name, LONG_AGO_S)
    await supervisor.killAndAwaitNext('api')
    await eventually('the rest of the uploads to be removed', 30_000, async () => {
      const left = await uploads(supervisor.dataFolder)
      return cut.some((name) => left.has(name)) ? null : true
    })
    for (const started of both) await muster().expectExactlyOnce(started)
    expect([...(await uploads(supervisor.dataFolder)).keys()]).toEqual(expect.arrayContaining(kept))
  })

  it('is the supervisor: started again on the same folder, it goes on where it stopped', async () => {
    const { supervisor } = muster()
    const both = await muster().startAll(kinds, 'restarted')
    await muster().furthest(both, 0.3)
    const children = (await supervisor.run()).processes.filter(({ role }) => role !== 'postgres' && role !== 'redis')
    await supervisor.kill()
    await eventually('its children to notice and end', 15_000, async () => {
      return children.some(({ pid }) => lives(pid)) ? null : true
    })
    await supervisor.start()
    for (const started of both) await muster().expectExactlyOnce(started)
  })

  const operations = async (): Promise<number> => {
    const sql = 'select count(*)::int as operations from operations'
    const [row] = await query<{ operations: number }>(await muster().databaseUrl(), sql)
    return row?.operations ?? Number.NaN
  }
})
