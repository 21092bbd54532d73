import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Server, startRedis } from '@muster/embedded'
import { inject } from 'vitest'
import { REDIS_PREFIX } from './runs.ts'

/** A Redis of one's own: it may be flushed, reconfigured, paused and killed. */
export interface TestRedis {
  /** Stays the same when it is started again. */
  readonly url: string
  /** The process that runs now. */
  server(): Server
  /** Starts it again on the same port and append-only file, after it was stopped or killed. */
  restart(): Promise<Server>
  /** Every command that ever changed something, in plain text: the append-only file. */
  written(): Promise<string>
  stop(): Promise<void>
}

/** Starts an empty Redis for one test file (or one test), in about a tenth of a second; call `stop` in `afterAll`. */
export async function testRedis(): Promise<TestRedis> {
  const folder = await mkdtemp(join(inject('runFolder'), REDIS_PREFIX))
  let server = await startRedis({ folder })
  const { url, port } = server
  return {
    url,
    server: () => server,
    restart: async () => {
      await server.stop()
      server = await startRedis({ folder, port })
      return server
    },
    written: async () => {
      const files = await readdir(folder, { recursive: true, withFileTypes: true })
      const parts = files.filter((file) => file.isFile() && file.name.includes('.aof'))
      const texts = await Promise.all(parts.map((file) => readFile(join(file.parentPath, file.name), 'latin1')))
      return texts.join('')
    },
    stop: () => server.stop(),
  }
}
