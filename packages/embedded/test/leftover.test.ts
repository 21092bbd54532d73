import { existsSync, readdirSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { stopLeftover } from '../src/leftover.ts'
import { startPostgres } from '../src/postgres/start-postgres.ts'
import { startRedis } from '../src/redis/start-redis.ts'
import { startOf } from '../src/running-process.ts'
import { installProject, runProgram } from './installed-project.ts'
import { temporaryFolder } from './temporary-folder.ts'

describe('a program that starts a server', () => {
  let temporary: Awaited<ReturnType<typeof temporaryFolder>>
  let program: string
  const folder = (name: string) => join(temporary.path, name)
  beforeAll(async () => {
    // Program, PostgreSQL and data all lie in a folder that only its owner, often root, may enter.
    temporary = await temporaryFolder()
    expect((await stat(temporary.path)).mode & 0o777).toBe(0o700)
    program = await installProject(temporary.path)
  })
  afterAll(() => temporary.remove())

  it('when killed leaves a PostgreSQL that the next start replaces, with the data', async () => {
    const killed = runProgram(program, 'postgres', folder('postgres'))
    const { url, pid } = await killed.serving
    await query(url, 'create table kept as select 1 as n')
    await killed.kill()
    expect(await startOf(pid)).not.toBeNull()
    const next = await startPostgres({ folder: folder('postgres') })
    expect(await startOf(pid)).toBeNull()
    expect(await query(next.url, 'select n from kept')).toEqual([{ n: 1 }])
    await next.stop()
  })

  it('when killed leaves a Redis that the next start replaces, with the data', async () => {
    const killed = runProgram(program, 'redis', folder('redis'))
    const { url, pid } = await killed.serving
    await withRedis(url, (client) => client.set('kept', 'yes'))
    await killed.kill()
    expect(await startOf(pid)).not.toBeNull()
    const next = await startRedis({ folder: folder('redis') })
    expect(await startOf(pid)).toBeNull()
    expect(await withRedis(next.url, (client) => client.get('kept'))).toBe('yes')
    await next.stop()
  })

  it.each(['postgres', 'redis'] as const)(
    'when killed leaves a %s that can be stopped without starting another',
    async (kind) => {
      const killed = runProgram(program, kind, folder(`left-${kind}`))
      const { pid } = await killed.serving
      await killed.kill()
      await stopLeftover(folder(`left-${kind}`))
      expect(await startOf(pid)).toBeNull()
    },
  )

  it('when killed in the middle of its first start leaves nothing in the way of the next', async () => {
    const interrupted = folder('interrupted')
    const killed = runProgram(program, 'postgres', interrupted)
    const ended = expect(killed.serving).rejects.toThrow('ended')
    await vi.waitFor(() => expect(readdirSync(interrupted).some(isHalfMade(interrupted))).toBe(true), {
      interval: 5,
      timeout: 20_000,
    })
    await killed.kill()
    await ended
    expect(readdirSync(interrupted)).not.toContain('data')
    const next = await startPostgres({ folder: interrupted })
    expect(await query(next.url, 'select 1 as n')).toEqual([{ n: 1 }])
    await next.stop()
    expect(readdirSync(interrupted).sort()).toEqual(['data', 'password'])
  })

  it.each(['postgres', 'redis'] as const)(
    'keeps its %s while it lives: nobody else may have the folder',
    async (kind) => {
      const living = runProgram(program, kind, folder(`kept-${kind}`))
      const { pid } = await living.serving
      const starting = (kind === 'redis' ? startRedis : startPostgres)({ folder: folder(`kept-${kind}`) })
      await expect(starting).rejects.toThrow('is in use by process')
      await expect(stopLeftover(folder(`kept-${kind}`))).rejects.toThrow('is in use by process')
      expect(await startOf(pid)).not.toBeNull()
      await living.end()
      expect(await startOf(pid)).toBeNull()
    },
  )
})

function isHalfMade(folder: string) {
  return (name: string) => existsSync(join(folder, name, 'data', 'base'))
}

async function withRedis<T>(url: string, ask: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url)
  try {
    return await ask(client)
  } finally {
    client.disconnect()
  }
}

async function query(url: string, statement: string) {
  const client = new Client(url)
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}
