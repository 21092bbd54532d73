import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { testFolder } from '@muster/testkit'
import { describe, expect, it } from 'vitest'
import { type Run, RunFile } from '../src/run-file.ts'

describe('the run file', () => {
  it('tells what runs, to its owner alone', async () => {
    const folder = await testFolder()
    await new RunFile(folder).write(runWith(1))
    const path = join(folder, 'run.json')
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(runWith(1))
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('ends up as the last of many writes, and is whole at every moment', async () => {
    const folder = await testFolder()
    const file = new RunFile(folder)
    await file.write(runWith(1))
    const writing = Promise.all(Array.from({ length: 200 }, (_, pid) => file.write(runWith(pid + 1))))
    for (let read = 0; read < 100; read++) expect(await new RunFile(folder).left()).not.toBeNull()
    await writing
    expect(await file.left()).toEqual(runWith(200))
    expect(await readdir(folder)).toEqual(['run.json'])
  })

  it('is gone after it was removed, also when a write was under way', async () => {
    const folder = await testFolder()
    const file = new RunFile(folder)
    await Promise.all([file.write(runWith(1)), file.remove()])
    expect(await readdir(folder)).toEqual([])
    expect(await file.left()).toBeNull()
  })
})

function runWith(pid: number): Run {
  return {
    api: 'http://127.0.0.1:8080',
    dashboard: 'http://127.0.0.1:8081',
    databaseUrl: 'postgresql://muster@127.0.0.1:5432/muster',
    redisUrl: 'redis://127.0.0.1:6379',
    processes: [{ role: 'api', pid }],
  }
}
