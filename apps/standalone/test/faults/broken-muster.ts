import { afterAll, beforeAll, beforeEach, onTestFailed } from 'vitest'
import { Muster } from './muster.ts'

/** Environment variables. */
type Settings = Readonly<Record<string, string>>

/**
 * Starts a stack for the tests of a file, and removes it after them. When a test fails, what the
 * processes told last is printed.
 *
 * @param settings a function where they are known only once hooks before this one have run
 * @returns asks for the stack, once tests run
 */
export function brokenMuster(settings: Settings | (() => Settings)): () => Muster {
  let muster: Muster | null = null
  beforeAll(async () => {
    muster = await Muster.start(typeof settings === 'function' ? settings() : settings)
  }, 90_000)
  beforeEach(() => {
    onTestFailed(async () => {
      process.stderr.write(`${await muster?.describe()}\n`)
    })
  })
  afterAll(() => muster?.supervisor.remove(), 60_000)
  return () => {
    if (muster === null) throw new Error('the stack has not been started')
    return muster
  }
}
