import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ping } from '../../src/redis/ping.ts'
import { startRedis } from '../../src/redis/start-redis.ts'
import type { Server } from '../../src/server.ts'
import { temporaryFolder } from '../temporary-folder.ts'

describe('startRedis', () => {
  let temporary: Awaited<ReturnType<typeof temporaryFolder>>
  let folder: string
  const servers: Server[] = []
  const clients: Redis[] = []
  const start = async (options: Partial<Parameters<typeof startRedis>[0]> = {}) => {
    const server = await startRedis({ folder, ...options })
    servers.push(server)
    return server
  }
  const connect = (url: string) => {
    const client = new Redis(url)
    client.on('error', () => {})
    clients.push(client)
    return client
  }
  beforeEach(async () => {
    temporary = await temporaryFolder()
    folder = join(temporary.path, 'a "folder"', 'redis')
  })
  afterEach(async () => {
    for (const client of clients.splice(0)) client.disconnect()
    await Promise.all(servers.splice(0).map((server) => server.stop()))
    await temporary.remove()
  })

  it('evicts nothing and writes everything to its append-only file', async () => {
    const client = connect((await start()).url)
    expect(await client.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction'])
    expect(await client.config('GET', 'appendonly')).toEqual(['appendonly', 'yes'])
    expect(await client.config('GET', 'appendfsync')).toEqual(['appendfsync', 'everysec'])
    expect(await client.config('GET', 'bind')).toEqual(['bind', '127.0.0.1'])
  })

  it('lets nobody in without the password', async () => {
    const { port, url } = await start()
    expect(await ping(port, 'wrong')).toBe(false)
    expect(await ping(port, new URL(url).password)).toBe(true)
  })

  it('has its data again after kill -9', async () => {
    const first = await start()
    await connect(first.url).set('kept', 'yes')
    process.kill(first.pid, 'SIGKILL')
    expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' })
    const second = await start({ port: first.port })
    expect(second.url).toBe(first.url)
    expect(await connect(second.url).get('kept')).toBe('yes')
  })

  it('stops in order while somebody is connected', async () => {
    const server = await start()
    await connect(server.url).ping()
    await server.stop()
    await server.stop()
    expect(await server.exited).toEqual({ code: 0, signal: null })
  })

  it('runs beside another on a folder of its own', async () => {
    const [one, other] = await Promise.all([start(), start({ folder: join(temporary.path, 'other') })])
    await connect(one.url).set('only', 'here')
    expect(await connect(other.url).get('only')).toBeNull()
  })

  it('says why it cannot start, in the words of the server', async () => {
    const { port } = await start()
    await expect(start({ folder: join(temporary.path, 'other'), port })).rejects.toThrow(/[Aa]ddress already in use/)
  })
})
