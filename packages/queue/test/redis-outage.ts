import type { TestRedis } from '@muster/testkit'

/** Redis dies; `restart()` brings it back. */
export async function kill(redis: TestRedis): Promise<void> {
  const { pid, exited } = redis.server()
  process.kill(pid, 'SIGKILL')
  await exited
}

/** Redis does nothing any more, its connections staying open, until it is thawed. */
export function freeze(redis: TestRedis): void {
  process.kill(redis.server().pid, 'SIGSTOP')
}

export function thaw(redis: TestRedis): void {
  process.kill(redis.server().pid, 'SIGCONT')
}
