import type { Redis } from 'ioredis'

/** How Redis fares. */
export interface RedisState {
  readonly memoryBytes: number
  /** 0: it has no limit of its own. */
  readonly memoryLimitBytes: number
  /** Keys that it has thrown away for memory since it was started. */
  readonly evictedKeys: number
  /** Whether it refuses what it has no memory for. With any other policy it may throw away jobs. */
  readonly isNoEviction: boolean
}

/** Throws when Redis is away. */
export async function redisState(connection: Redis): Promise<RedisState> {
  // CONFIG GET would say the same, but is refused by many that are hosted.
  const [memory, stats] = await Promise.all([connection.info('memory'), connection.info('stats')])
  const fields = new Map(
    `${memory}\n${stats}`.split(/\r?\n/).map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 1)] as const
    }),
  )
  const number = (name: string): number => {
    const value = Number(fields.get(name) ?? Number.NaN)
    if (Number.isNaN(value)) throw new Error(`Redis does not tell ${name}`)
    return value
  }
  return {
    memoryBytes: number('used_memory'),
    memoryLimitBytes: number('maxmemory'),
    evictedKeys: number('evicted_keys'),
    isNoEviction: fields.get('maxmemory_policy') === 'noeviction',
  }
}
