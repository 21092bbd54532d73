import { randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { eventually } from './eventually.ts'
import type { Supervisor } from './supervisor.ts'

/** Texts by name, a character a byte (latin1). */
export type Told = ReadonlyMap<string, string>

/** All that Redis was told so far, as its append-only file has it, all logs, and what the terminal showed. */
export async function everythingTold(supervisor: Supervisor): Promise<Told> {
  const { redisUrl } = await supervisor.run()
  const redisFolder = join(supervisor.dataFolder, 'redis')
  // Redis writes what it is told in order, a second later at most.
  const last = randomUUID()
  const redis = new Redis(redisUrl)
  await redis.set(last, '1', 'EX', 60)
  redis.disconnect()
  await eventually('Redis to write what it was told', 20_000, async () => {
    return namesOf(await filesIn(redisFolder), last).length > 0 ? true : null
  })
  return new Map([
    ...(await filesIn(redisFolder)),
    ...(await filesIn(join(supervisor.dataFolder, 'logs'))),
    ['the terminal', Buffer.from(supervisor.told.join('\n')).toString('latin1')],
  ])
}

/** The names of those in which a text is found. */
export function namesOf(told: Told, text: string): readonly string[] {
  return [...told].filter(([, where]) => where.includes(text)).map(([name]) => name)
}

async function filesIn(folder: string): Promise<Told> {
  const found = new Map<string, string>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile()) found.set(path, await readFile(path, 'latin1'))
  }
  return found
}
