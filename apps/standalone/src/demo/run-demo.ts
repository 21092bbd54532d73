import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Stack } from '../stack.ts'
import { ApiClient } from './api-client.ts'
import { checkUsers } from './check-users.ts'
import { checkCounts, type Ending, endingOfJob, endingOfOperation } from './counts.ts'
import { DEMO_FACTORS, type EnrollmentsFile, makeEnrollmentsFile } from './enrollments-file.ts'
import { compareFailures, readFailedRows, type ToldFailure } from './failed-rows.ts'
import { count, Progress } from './progress.ts'
import { makeUsersFile, type UsersFile } from './users-file.ts'

const ROWS = 10_000
const POLL_MS = 100
const SHOWN_FAILURES = 6

type Say = (line: string) => void

/** One bulk operation that is over, as the demo checks and shows it. */
interface Outcome {
  readonly ending: Ending
  readonly failures: readonly ToldFailure[]
  readonly failedRowsFile: string
}

/** Shows Muster at work; answers whether everything came out as it should. */
export async function runDemo(stack: Stack, say: Say): Promise<boolean> {
  say(`Muster imports ${count(ROWS)} users and enrolls them in three factors.\n`)
  const client = await startStack(stack, say)
  const kept = await mkdtemp(join(tmpdir(), 'muster-demo-'))
  const usersFile = makeUsersFile(ROWS)
  const enrollmentsFile = makeEnrollmentsFile(usersFile)
  const problems: string[] = []

  say(`\nImporting users from a CSV in Shift_JIS, ${usersFile.failures.size} of its rows bad`)
  const imported = await importUsers(client, usersFile, join(kept, 'users-failed-rows.csv'))
  show(imported, say)
  problems.push(...checkCounts(imported.ending, { state: 'COMPLETED', rows: ROWS, failed: usersFile.failures.size }))
  problems.push(...compareFailures(imported.failures, usersFile.failures))

  say(
    `\nEnrolling them by email, SMS and Google Authenticator from a second CSV, ${enrollmentsFile.failures.size} of its rows bad`,
  )
  const enrolled = await enrollUsers(client, enrollmentsFile, join(kept, 'enrollments-failed-rows.csv'))
  show(enrolled, say)
  problems.push(
    ...checkCounts(enrolled.ending, { state: 'WARNING', rows: ROWS, failed: enrollmentsFile.failures.size }),
  )
  problems.push(...compareFailures(enrolled.failures, enrollmentsFile.failures))

  const readBack = await checkUsers(client, usersFile.users, usersFile.failures, enrollmentsFile.failures)
  problems.push(...readBack.problems)
  tellVerdict(problems, readBack.read, say)
  return problems.length === 0
}

async function startStack(stack: Stack, say: Say): Promise<ApiClient> {
  const began = performance.now()
  say('Starting PostgreSQL, Redis, API, worker and dashboard …')
  const { run, credentials } = await stack.start()
  say(`  ready in ${((performance.now() - began) / 1_000).toFixed(1)} s`)
  return ApiClient.signIn(run.api, credentials)
}

async function importUsers(client: ApiClient, { bytes }: UsersFile, failedRowsFile: string): Promise<Outcome> {
  const progress = new Progress(ROWS)
  const upload = new Blob([bytes], { type: 'text/csv' })
  let operation = await client.importUsers(upload, 'users.csv', 'Shift_JIS')
  const done = (): number => operation.rows.succeeded + operation.rows.unchanged + operation.rows.failed
  while (operation.endedAt === null) {
    progress.show(done())
    await sleep(POLL_MS)
    operation = await client.operation(operation.id)
  }
  progress.end(done())
  await client.download(`/v1/operations/${operation.id}/failed-rows`, failedRowsFile)
  const failures = await readFailedRows(failedRowsFile, 'Shift_JIS')
  return { ending: endingOfOperation('the import', operation), failures, failedRowsFile }
}

async function enrollUsers(client: ApiClient, file: EnrollmentsFile, failedRowsFile: string): Promise<Outcome> {
  const progress = new Progress(file.rows)
  const configs = await client.factorConfigIds(DEMO_FACTORS)
  const id = await client.enroll(new Blob([file.bytes], { type: 'text/csv' }), 'enrollments.csv', configs)
  let job = await client.job(id)
  const done = (): number => job.details.succeeded + job.details.unchanged + job.details.failed
  while (job.status === 'QUEUED' || job.status === 'RUNNING') {
    progress.show(done())
    await sleep(POLL_MS)
    job = await client.job(id)
  }
  progress.end(done())
  await client.download(`/api/v1/jobs/${id}/failed-rows`, failedRowsFile)
  const failures = await readFailedRows(failedRowsFile, 'UTF-8')
  return { ending: endingOfJob('the enrollment', job), failures, failedRowsFile }
}

function show({ ending, failures, failedRowsFile }: Outcome, say: Say): void {
  const { succeeded, unchanged, failed, total, seconds } = ending
  const speed = Number.isFinite(seconds) && seconds > 0 ? `, ${count(Math.round((total ?? 0) / seconds))} rows/s` : ''
  say(
    `  ${ending.state}: ${count(succeeded)} succeeded, ${count(unchanged)} unchanged, ${count(failed)} failed${speed}`,
  )
  const shown = failures.slice(0, SHOWN_FAILURES)
  const width = Math.max(...shown.map(({ column }) => column?.length ?? 0))
  for (const { row, code, column, message } of shown) {
    say(`  row ${String(row).padStart(5)}  ${code.padEnd(15)}  ${(column ?? '').padEnd(width)}  ${message}`)
  }
  say(`  all ${failures.length} failed rows: ${failedRowsFile}`)
}

function tellVerdict(problems: readonly string[], usersRead: number, say: Say): void {
  if (problems.length === 0) {
    say(
      `\nEverything adds up: every row has its outcome, the bad rows failed for the right reasons, and ${usersRead} users`,
    )
    say('looked up over the API are as the files say. Next: npm start')
    return
  }
  say(`\nThis is not as it should be:`)
  for (const problem of problems.slice(0, 20)) say(`  ${problem}`)
  if (problems.length > 20) say(`  and ${problems.length - 20} more`)
}
