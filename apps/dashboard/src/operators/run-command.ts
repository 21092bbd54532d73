import {
  addOperator,
  endSessions,
  findOperator,
  forgetSignInFailures,
  listOperators,
  type Pool,
  recordAction,
  removeOperator,
  setOperatorPassword,
  setOperatorRole,
  settleAction,
} from '@muster/database'
import type { Command } from './parse-command.ts'
import { hashPassword, passwordProblem } from './password.ts'

export interface CommandContext {
  readonly pool: Pool
  /** Who changes it, as the audit tells it. */
  readonly by: string
  readonly readPassword: () => Promise<string>
}

/** It could not be done. The message says why, and what to do. */
export class CommandFailed extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'CommandFailed'
  }
}

type Change = Extract<Command, { name: string }>

/** Does it, and returns what to tell. Throws CommandFailed. */
export async function runCommand(command: Exclude<Command, { verb: 'help' }>, context: CommandContext): Promise<string>
export async function runCommand(command: Command, context: CommandContext): Promise<string> {
  if (!('name' in command)) return table(context.pool)
  const { pool, by } = context
  const isKnownHere = command.verb !== 'add' && command.verb !== 'sign-out'
  const isThere = (await findOperator(pool, command.name)) !== null
  if (command.verb === 'add' && isThere) throw taken(command.name)
  if (isKnownHere && !isThere) throw unknown(command.name)
  const change = await prepared(command, context)
  const action = await recordAction(pool, { operator: by, action: `operator.${command.verb}`, target: command.name })
  const changed = await change()
  await settleAction(pool, action, changed === null ? 409 : 200)
  // Somebody else was faster, a moment ago.
  if (changed === null) throw command.verb === 'add' ? taken(command.name) : unknown(command.name)
  return changed
}

/** What changes it, once all is known that it needs. It returns what to tell, null when there was nothing to change. */
async function prepared(
  command: Change,
  { pool, readPassword }: CommandContext,
): Promise<() => Promise<string | null>> {
  const { name } = command
  const told = (text: string) => (changed: boolean) => (changed ? text : null)
  switch (command.verb) {
    case 'add': {
      const passwordHash = await hashPassword(await goodPassword(readPassword))
      const { role } = command
      return () => addOperator(pool, { name, passwordHash, role }).then(told(`${name} may sign in now, as ${role}.`))
    }
    case 'set-password': {
      const passwordHash = await hashPassword(await goodPassword(readPassword))
      return () =>
        setOperatorPassword(pool, name, passwordHash).then(
          told(`${name} has a new password; their sessions have ended.`),
        )
    }
    case 'set-role':
      return () => setOperatorRole(pool, name, command.role).then(told(`${name} is ${command.role} now.`))
    case 'remove':
      return () => removeOperator(pool, name).then(told(`${name} is removed; their sessions have ended.`))
    case 'unlock':
      return () => forgetSignInFailures(pool, name).then(() => `${name} may try again now.`)
    case 'sign-out':
      return () => endSessions(pool, name).then((ended) => `Sessions of ${name} that have ended: ${ended}.`)
  }
}

async function goodPassword(readPassword: () => Promise<string>): Promise<string> {
  const password = await readPassword()
  const problem = passwordProblem(password)
  if (problem !== null) throw new CommandFailed(`The password is not taken: ${problem}.`)
  return password
}

async function table(pool: Pool): Promise<string> {
  const operators = await listOperators(pool)
  if (operators.length === 0) return 'There is nobody yet. Make one: add NAME --role operator'
  const width = Math.max(...operators.map(({ name }) => name.length))
  return operators
    .map(({ name, role, createdAt, lockedUntil }) => {
      const locked = lockedUntil === null ? '' : `  locked until ${lockedUntil.toISOString()}`
      return `${name.padEnd(width)}  ${role.padEnd('operator'.length)}  since ${createdAt.toISOString().slice(0, 10)}${locked}`
    })
    .join('\n')
}

function taken(name: string): CommandFailed {
  return new CommandFailed(
    `There is somebody of the name ${JSON.stringify(name)} already. Use set-role or set-password.`,
  )
}

function unknown(name: string): CommandFailed {
  return new CommandFailed(`There is nobody of the name ${JSON.stringify(name)}. The command list shows who there is.`)
}
