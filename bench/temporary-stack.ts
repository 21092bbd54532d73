import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Settings, type Stack, startStack } from './stack.ts'

/** Does the work with a folder and, once it is asked for, a stack in it; both are gone after it, also when it is broken off. */
export async function withTemporaryStack(
  work: (folder: string, start: (settings?: Settings) => Promise<Stack>) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-bench-'))
  let stack: Stack | null = null
  const start = async (settings: Settings = {}): Promise<Stack> => {
    stack = await startStack(join(folder, 'data'), settings)
    return stack
  }
  const cleanUp = async (): Promise<void> => {
    await stack?.stop()
    await rm(folder, { recursive: true, force: true })
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void cleanUp().finally(() => process.exit(1)))
  }
  try {
    await work(folder, start)
  } finally {
    await cleanUp()
  }
}
