import { userInfo } from 'node:os'
import { createPool, isOutage, migrate } from '@muster/database'
import { SettingsError } from '@muster/process'
import { readDatabaseUrl } from './config.ts'
import { parseCommand, USAGE, UsageError } from './operators/parse-command.ts'
import { readPassword } from './operators/read-password.ts'
import { CommandFailed, runCommand } from './operators/run-command.ts'

/** The operators' command line. Exits with 0 when it was done, 1 when it was not, 2 when it was not understood. */
async function main(args: readonly string[]): Promise<number> {
  const command = parseCommand(args)
  if (command.verb === 'help') return tell(USAGE)
  const databaseUrl = readDatabaseUrl()
  await migrate(databaseUrl)
  const pool = createPool(databaseUrl, { applicationName: 'muster-operators', connections: 1 })
  try {
    const by = `command line (${userName()})`
    return tell(
      await runCommand(command, { pool, by, readPassword: () => readPassword(process.stdin, process.stderr) }),
    )
  } finally {
    await pool.end()
  }
}

/** A container may run as a user that its system has no name for. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return `user ${process.getuid?.() ?? 'without a number'}`
  }
}

function tell(text: string): number {
  process.stdout.write(`${text}\n`)
  return 0
}

function explain(error: unknown): { readonly text: string; readonly code: number } {
  if (error instanceof UsageError) return { text: `${error.message}\n\n${USAGE}`, code: 2 }
  if (error instanceof SettingsError || error instanceof CommandFailed) return { text: error.message, code: 1 }
  if (isOutage(error)) return { text: 'PostgreSQL does not answer. Look at DATABASE_URL and try again.', code: 1 }
  return { text: error instanceof Error ? String(error.stack) : String(error), code: 1 }
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    const { text, code } = explain(error)
    process.stderr.write(`${text}\n`)
    process.exitCode = code
  },
)
