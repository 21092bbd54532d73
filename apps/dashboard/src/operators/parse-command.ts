import { parseArgs } from 'node:util'
import { ROLES, type Role } from '../signed-in.ts'
import { operatorName } from './operator-name.ts'

/** What is asked of the command line. */
export type Command =
  | { readonly verb: 'help' | 'list' }
  | { readonly verb: 'add' | 'set-role'; readonly name: string; readonly role: Role }
  | { readonly verb: 'set-password' | 'remove' | 'unlock' | 'sign-out'; readonly name: string }

/** It was not understood. The message says what was expected. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UsageError'
  }
}

export const USAGE = `Usage: node operators.js COMMAND

Who may sign in to the dashboard by a name and a password.

  add NAME --role ROLE        makes an operator; asks for the password
  list                        shows all of them
  set-role NAME --role ROLE   from the next request on
  set-password NAME           asks for the new password, and ends their sessions
  remove NAME                 and ends their sessions
  unlock NAME                 after five wrong passwords; else it takes 15 minutes
  sign-out NAME               ends their sessions; of somebody from an OpenID Connect issuer too,
                              by the name that the page Audit shows

ROLE is viewer (looks at everything, changes nothing) or operator (changes things too).
A password has 12 characters at least. It is read from the terminal without showing it,
or, when something else is connected, from the first line of the standard input.
The database is the one of DATABASE_URL. Every change is told on the dashboard's page Audit.`

/** Throws a UsageError. */
export function parseCommand(args: readonly string[]): Command {
  const { positionals, values } = parsed(args)
  const [verb, name, ...rest] = positionals
  if (values.help || verb === undefined || verb === 'help') return { verb: 'help' }
  if (rest.length > 0) throw new UsageError(`unexpected ${JSON.stringify(rest[0])}; a name with spaces wants quotes`)
  switch (verb) {
    case 'list':
      if (name !== undefined) throw new UsageError('list takes no name')
      return withoutRole({ verb }, values.role)
    case 'add':
    case 'set-role':
      return { verb, name: nameOf(name), role: roleOf(values.role) }
    case 'set-password':
    case 'remove':
    case 'unlock':
    case 'sign-out':
      return withoutRole({ verb, name: nameOf(name) }, values.role)
    default:
      throw new UsageError(`there is no command ${JSON.stringify(verb)}`)
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { role: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function nameOf(given: string | undefined): string {
  const name = operatorName(given ?? '')
  if (name === null) throw new UsageError('expected a name of 1 to 200 characters that can be printed')
  return name
}

function roleOf(given: string | undefined): Role {
  const role = ROLES.find((each) => each === given)
  if (role === undefined) throw new UsageError(`expected --role ${ROLES.join(' or --role ')}`)
  return role
}

function withoutRole(command: Command, role: string | undefined): Command {
  if (role !== undefined) throw new UsageError(`${command.verb} takes no --role`)
  return command
}
