import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startPostgres } from '../../src/postgres/start-postgres.ts'
import { startOf } from '../../src/running-process.ts'
import type { Server } from '../../src/server.ts'
import { temporaryFolder } from '../temporary-folder.ts'

describe('startPostgres', () => {
  let temporary: Awaited<ReturnType<typeof temporaryFolder>>
  let folder: string
  const servers: Server[] = []
  const start = async (options: Partial<Parameters<typeof startPostgres>[0]> = {}) => {
    const server = await startPostgres({ folder, ...options })
    servers.push(server)
    return server
  }
  // One folder for all: making one takes a second.
  beforeAll(async () => {
    temporary = await temporaryFolder()
    folder = join(temporary.path, 'a folder', 'postgres')
  })
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())))
  afterAll(() => temporary.remove())

  it('serves a database in UTF-8 that loses nothing it has committed', async () => {
    const { url } = await start()
    const { rows } = await query(
      url,
      `select current_database() as name, pg_encoding_to_char(encoding) as encoding, datlocale as locale,
         current_setting('fsync') as fsync, current_setting('synchronous_commit') as "synchronousCommit",
         current_setting('full_page_writes') as "fullPageWrites", current_setting('listen_addresses') as addresses
       from pg_database where datname = current_database()`,
    )
    expect(rows).toEqual([
      {
        name: 'muster',
        encoding: 'UTF8',
        locale: 'C.UTF-8',
        fsync: 'on',
        synchronousCommit: 'on',
        fullPageWrites: 'on',
        addresses: '127.0.0.1',
      },
    ])
  })

  it('lets nobody in without the password, which only the owner of the folder can read', async () => {
    const { url } = await start()
    const wrong = new URL(url)
    wrong.password = 'wrong'
    await expect(query(wrong.href, 'select')).rejects.toThrow('password authentication failed')
    const { mode } = await stat(join(folder, 'password'))
    expect(mode & 0o777).toBe(0o600)
  })

  it('has its data again after kill -9, while others were connected', async () => {
    const first = await start()
    await query(first.url, 'create table kept as select generate_series(1, 1000) as n')
    const connected = new Client(first.url)
    connected.on('error', () => {})
    await connected.connect()
    process.kill(first.pid, 'SIGKILL')
    expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' })
    const second = await start()
    const { rows } = await query(second.url, 'select count(*)::int as n from kept')
    expect(rows).toEqual([{ n: 1000 }])
  })

  it('stops in order while somebody is connected and in a transaction', async () => {
    const server = await start()
    const connected = new Client(server.url)
    connected.on('error', () => {})
    await connected.connect()
    await connected.query('begin')
    await server.stop()
    await server.stop()
    expect(await server.exited).toEqual({ code: 0, signal: null })
  })

  it('runs beside another on a folder of its own', async () => {
    const [one, other] = await Promise.all([start(), start({ folder: join(temporary.path, 'other') })])
    await query(one.url, 'create table only_here (n int)')
    expect((await query(other.url, `select to_regclass('only_here') as found`)).rows).toEqual([{ found: null }])
  })

  it('starts although the number in its stale lock file belongs to somebody else now', async () => {
    const first = await start()
    process.kill(first.pid, 'SIGKILL')
    await first.exited
    const lockFile = join(folder, 'data', 'postmaster.pid')
    // Of the same user as the server: PostgreSQL takes the processes of others for none of its own anyway.
    const { uid, gid } = await stat(join(folder, 'data'))
    const stranger = spawn('sleep', ['60'], process.getuid?.() === 0 ? { uid, gid } : {})
    const lines = (await readFile(lockFile, 'utf8')).split('\n')
    await writeFile(lockFile, [stranger.pid, ...lines.slice(1)].join('\n'))
    await start()
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull()
    stranger.kill()
    await once(stranger, 'exit')
  })

  it('takes the port it is given, and says why it cannot when it is taken', async () => {
    const { port } = await start()
    await expect(start({ folder: join(temporary.path, 'other'), port })).rejects.toThrow('could not bind')
  })

  it('writes no value of a failed statement to its log', async () => {
    const lines: string[] = []
    const { url, stop } = await start({ log: (line) => lines.push(line) })
    await expect(query(url, `select 'hanako@example.com'::int`)).rejects.toThrow('hanako@example.com')
    await stop()
    await expect.poll(() => lines.join('\n')).toContain('shut down')
    expect(lines.join('\n')).not.toContain('hanako')
  })

  it('leaves nothing running when it fails', async () => {
    await expect(start({ flags: ['shared_buffers=nonsense'] })).rejects.toThrow('nonsense')
    const server = await start()
    await server.stop()
    expect(await startOf(server.pid)).toBeNull()
  })
})

async function query(url: string, statement: string) {
  const client = new Client(url)
  await client.connect()
  try {
    return await client.query(statement)
  } finally {
    await client.end()
  }
}
