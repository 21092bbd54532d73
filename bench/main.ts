import { writeFile as write } from 'node:fs/promises'
import { join } from 'node:path'
import { Client, type Ended, type Fields } from './client.ts'
import { copySeconds } from './copy.ts'
import { badUsers, enrollments, type Kind, oneUser, users, writeFile } from './files.ts'
import { watchingMemory } from './memory.ts'
import { type Options, readOptions } from './options.ts'
import { type Phase, type Report, table } from './report.ts'
import type { Stack } from './stack.ts'
import { withTemporaryStack } from './temporary-stack.ts'

const IMPORT: Fields = [['type', 'IMPORT_USERS']]
const FACTORS = ['EmailAuthenticator', 'GoogleAuthenticator']

/** A kind of operation, and how many of a file's rows succeed. */
interface Task {
  readonly name: string
  readonly kind: Kind
  readonly fields: Fields
  readonly succeed: number
}

function main(options: Options): Promise<void> {
  return withTemporaryStack(async (folder, start) => measure(await start(), folder, options))
}

async function measure(stack: Stack, folder: string, { rows, json }: Options): Promise<void> {
  const client = await Client.signIn(stack.run.api, stack.credentials)
  const configs = await client.factorConfigIds(FACTORS)
  const enrolling: Fields = [['type', 'QUICK_ENROLLMENT'], ...configs.map((id) => ['factor_configs', id] as const)]

  const file = join(folder, 'copy.csv')
  await writeFile(file, users, rows)
  const before = await copySeconds(stack.run.databaseUrl, file)
  tell('raw COPY', rows, before)

  const run = (task: Task) => carryOut(stack, client, folder, rows, task)
  const imported = await run({ name: 'import', kind: users, fields: IMPORT, succeed: rows })
  const allBad = await run({ name: 'import, every row bad', kind: badUsers, fields: IMPORT, succeed: 0 })
  const oneKey = await run({ name: 'import, every row of one key', kind: oneUser, fields: IMPORT, succeed: 1 })
  const enrolled = await run({ name: 'quick enrollment', kind: enrollments, fields: enrolling, succeed: rows })

  const after = await copySeconds(stack.run.databaseUrl, file)
  tell('raw COPY again', rows, after)

  // The faster of the two: machines drift, and the comparison is to be no kinder for it.
  const copy = { rowsPerSecond: rows / Math.min(before, after) }
  const compared = (phase: Measured): Phase => ({ ...phase, ratioToCopy: phase.rowsPerSecond / copy.rowsPerSecond })
  const report: Report = {
    rows,
    copy,
    import: compared(imported),
    allBad: compared(allBad),
    enroll: compared(enrolled),
  }
  console.log(`\n${table(report, compared(oneKey))}`)
  if (json !== null) await write(json, `${JSON.stringify(report, null, 2)}\n`)
}

type Measured = Omit<Phase, 'ratioToCopy'>

async function carryOut(stack: Stack, client: Client, folder: string, rows: number, task: Task): Promise<Measured> {
  const file = join(folder, 'upload.csv')
  await writeFile(file, task.kind, rows)
  const { result, peakRss } = await watchingMemory(stack.run, () => client.carryOut(file, task.fields))
  expectOutcome(task, rows, result)
  tell(task.name, rows, result.seconds)
  return { rowsPerSecond: rows / result.seconds, peakRss }
}

/** Figures of an operation that did something else would mean nothing. */
function expectOutcome({ name, succeed }: Task, total: number, { state, rows }: Ended): void {
  const { succeeded, failed } = rows
  if (state === 'COMPLETED' && rows.total === total && succeeded === succeed && failed === total - succeed) return
  throw new Error(`${name}: ${state} with ${JSON.stringify(rows)}, expected ${succeed} of ${total} rows to succeed`)
}

function tell(what: string, rows: number, seconds: number): void {
  const rate = Math.round(rows / seconds).toLocaleString('en-US')
  console.log(`${what}: ${seconds.toFixed(1)} s, ${rate} rows/s`)
}

main(readOptions(process.argv.slice(2))).catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
