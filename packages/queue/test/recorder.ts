import { EventEmitter } from 'node:events'

/** Remembers what happened, and lets a test wait until enough has. */
export function recorder<T>() {
  const events = new EventEmitter()
  const seen: T[] = []
  return {
    seen: seen as readonly T[],
    add(item: T) {
      seen.push(item)
      events.emit('added')
    },
    /** Returns when the condition holds for what was seen; the test's timeout is the limit. */
    async until(condition: (seen: readonly T[]) => boolean): Promise<void> {
      while (!condition(seen)) await new Promise((resolve) => events.once('added', resolve))
    },
  }
}

/** A log that can be searched. */
export function recordingLog() {
  const lines: string[] = []
  const write = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`)
  return { lines, info: write, warn: write, error: write }
}
