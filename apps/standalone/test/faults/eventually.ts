import { setTimeout as sleep } from 'node:timers/promises'

const LOOK_EVERY_MS = 20

/**
 * The first answer of `look` that is not null. What it throws counts as null, since in these tests
 * servers are away now and then. Throws after `withinMs`, saying what was waited for and why the
 * last look failed.
 */
export async function eventually<T>(what: string, withinMs: number, look: () => Promise<T | null>): Promise<T> {
  const until = performance.now() + withinMs
  let reason = 'it is not so'
  while (performance.now() < until) {
    try {
      const answer = await look()
      if (answer !== null) return answer
      reason = 'it is not so'
    } catch (error) {
      reason = error instanceof Error ? `${error.name} ${error.message}` : String(error)
    }
    await sleep(LOOK_EVERY_MS)
  }
  throw new Error(`waited ${withinMs / 1_000} s for ${what}: ${reason}`)
}
