import { afterAll, beforeAll, beforeEach, onTestFailed } from 'vitest'
import { Muster } from './muster.ts'

/**
 * Starts a stack for the tests of a file, and removes it after them. When a test fails, what the
 * processes told last is printed.
 *
 * @returns asks for the stack, once tests run
 */
export function brokenMuster(settings: Readonly<Record<string, string>>): () => Muster {
  let muster: Muster | null = null
  beforeAll(async () => {
    muster = await Muster.start(settings)
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
