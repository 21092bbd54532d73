/** What differs from one Redis to the next. */
export interface RedisPlace {
  readonly folder: string
  readonly port: number
  readonly password: string
  readonly pidFile: string
}

/** The text of redis.conf: reachable from this machine only, loses at most a second of writes, evicts nothing. */
export function redisConfiguration({ folder, port, password, pidFile }: RedisPlace): string {
  return [
    'bind 127.0.0.1',
    `port ${port}`,
    'protected-mode yes',
    `requirepass ${password}`,
    `dir ${quoted(folder)}`,
    `pidfile ${quoted(pidFile)}`,
    'daemonize no',
    'appendonly yes',
    'appendfsync everysec',
    'save ""',
    // BullMQ's keys are all state: losing any of them to save memory would break a queue.
    'maxmemory-policy noeviction',
    '',
  ].join('\n')
}

// Redis reads double quotes with the escapes of C (redis.conf), which JSON's are for what a path holds.
function quoted(path: string): string {
  return JSON.stringify(path)
}
