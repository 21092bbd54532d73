import { access, mkdir, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { removeDeadRuns } from '../src/runs.ts'
import { testDatabase } from '../src/test-database.ts'
import { testFolder } from '../src/test-folder.ts'

describe('removeDeadRuns', () => {
  it('removes a run whose process is gone, and nothing else', async () => {
    const parent = await testFolder()
    await mkdir(join(parent, 'muster-test-dead', 'postgres'), { recursive: true })
    await mkdir(join(parent, 'muster-test-dead', 'redis-1'))
    // Process numbers end at 2^22 (proc(5), pid_max).
    await writeFile(join(parent, 'muster-test-dead', 'postgres', 'owner'), '99999999\n1\nx')
    await mkdir(join(parent, 'muster-test-just-being-made'))
    await mkdir(join(parent, 'of somebody else'))
    await removeDeadRuns(parent)
    expect((await readdir(parent)).sort()).toEqual(['muster-test-just-being-made', 'of somebody else'])
  })

  it('leaves a run alone that is going on', async () => {
    await removeDeadRuns(tmpdir())
    await access(inject('runFolder'))
    const database = await testDatabase()
    await database.drop()
  })
})
