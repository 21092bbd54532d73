import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onStop, run } from '@muster/process'
import { demoSettings } from './config.ts'
import { runDemo } from './demo/run-demo.ts'
import { stopWithTerminal } from './parent.ts'
import { Stack } from './stack.ts'
import { StartRefused } from './start-refused.ts'
import { refuse, say } from './terminal.ts'

/** What a shell answers for a command ended by Ctrl-C. */
const INTERRUPTED = 130

run(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'muster-demo-data-'))
  const settings = demoSettings(folder)
  const stack = new Stack(settings, (line) => say(`  ${line}`))
  const cleanUp = async (): Promise<void> => {
    await stack.stop()
    await rm(folder, { recursive: true, force: true })
  }
  onStop(async () => {
    await cleanUp()
    process.exit(INTERRUPTED)
  })
  stopWithTerminal(settings.startedByNpm)
  try {
    const isRight = await runDemo(stack, say)
    await cleanUp()
    process.exit(isRight ? 0 : 1)
  } catch (error) {
    // Asked to stop in the middle: the one who asked ends the process.
    if (stack.isStopping) return
    await cleanUp()
    if (!(error instanceof StartRefused)) throw error
    refuse(error.message)
  }
})
