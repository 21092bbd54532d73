import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { countSignInAttempt, findOperator, insertSession, listActions, useSession } from '@muster/database'
import { type TestDatabase, testDatabase } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseCommand, UsageError } from '../../src/operators/parse-command.ts'
import { isPassword } from '../../src/operators/password.ts'
import { CommandFailed, runCommand } from '../../src/operators/run-command.ts'

describe('what the operators’ command line understands', () => {
  it('is names with roles', () => {
    expect(parseCommand(['add', ' Zoë Müller', '--role', 'viewer'])).toEqual({
      verb: 'add',
      name: 'Zoë Müller',
      role: 'viewer',
    })
    expect(parseCommand(['set-role', '--role=operator', 'olga'])).toMatchObject({ name: 'olga', role: 'operator' })
    expect(parseCommand(['remove', '--', '--role'])).toEqual({ verb: 'remove', name: '--role' })
    for (const help of [[], ['help'], ['--help'], ['add', '-h']]) expect(parseCommand(help)).toEqual({ verb: 'help' })
  })

  for (const args of [
    ['ad', 'olga'],
    ['add'],
    ['add', ''],
    ['add', 'olga'],
    ['add', 'olga', '--role', 'admin'],
    ['add', 'olga', 'maria', '--role', 'viewer'],
    ['set-password', 'olga', '--role', 'viewer'],
    ['set-password', 'olga', '--password', 'x'],
    ['list', 'olga'],
  ]) {
    it(`is not: ${args.join(' ')}`, () => {
      expect(() => parseCommand(args)).toThrow(UsageError)
    })
  }
})

describe('the operators’ command line', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase()
  })
  afterAll(() => database.drop())

  const command = (line: string, password = 'correct horse battery') => {
    const parsed = parseCommand(line.split(' '))
    if (parsed.verb === 'help') throw new Error('not a command')
    return runCommand(parsed, { pool: database.pool, by: 'a test', readPassword: async () => password })
  }
  const told = async () => {
    const filter = { operator: 'a test', action: null, operationId: null }
    const actions = await listActions(database.pool, filter, { before: null, limit: 100 })
    return actions.map(({ action, target, status }) => `${action} ${target} ${status}`)
  }

  it('makes, shows, changes and removes operators, and tells the audit', async () => {
    expect(await command('list')).toContain('There is nobody yet')
    await command('add olga --role operator')
    await command('add vera --role viewer')
    await command('set-role vera --role operator')
    await command('set-password olga', 'another horse battery')
    const olga = await findOperator(database.pool, 'olga')
    expect(await isPassword('another horse battery', olga?.passwordHash ?? null)).toBe(true)
    expect(await command('list')).toMatch(/^olga {2}operator {2}since \d{4}-\d\d-\d\d\nvera {2}operator {2}since/)
    await command('remove vera')
    expect(await findOperator(database.pool, 'vera')).toBeNull()
    expect(await told()).toEqual([
      'operator.remove vera 200',
      'operator.set-password olga 200',
      'operator.set-role vera 200',
      'operator.add vera 200',
      'operator.add olga 200',
    ])
  })

  it('unlocks a name', async () => {
    await command('add lola --role viewer')
    for (let attempt = 0; attempt < 5; attempt++) expect(await countSignInAttempt(database.pool, 'lola')).toBeNull()
    expect(await countSignInAttempt(database.pool, 'lola')).toBeGreaterThan(800)
    expect(await command('list')).toMatch(/lola .* locked until 20/)
    await command('unlock lola')
    expect(await countSignInAttempt(database.pool, 'lola')).toBeNull()
  })

  it('ends the sessions of somebody whom an issuer vouched for', async () => {
    await insertSession(database.pool, 'token', { operatorId: null, name: 'ines', role: 'operator' })
    expect(await command('sign-out ines')).toBe('Sessions of ines that have ended: 1.')
    expect(await useSession(database.pool, 'token')).toBeNull()
    expect((await told())[0]).toBe('operator.sign-out ines 200')
  })

  it('says what cannot be done, and changes nothing', async () => {
    await command('add otto --role viewer')
    const before = await told()
    for (const line of ['add otto --role operator', 'remove nobody', 'set-password nobody', 'unlock nobody']) {
      await expect(command(line), line).rejects.toThrow(CommandFailed)
    }
    await expect(command('set-password otto', 'short')).rejects.toThrow('expected at least 12 characters')
    expect(await told()).toEqual(before)
    const otto = await findOperator(database.pool, 'otto')
    expect(otto?.role).toBe('viewer')
    expect(await isPassword('correct horse battery', otto?.passwordHash ?? null)).toBe(true)
  })
})

describe('the process of the operators’ command line', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase()
  })
  afterAll(() => database.drop())

  const MAIN = fileURLToPath(new URL('../../dist/operators.js', import.meta.url))
  const runs = (args: readonly string[], input = '', env: NodeJS.ProcessEnv = { DATABASE_URL: database.url }) =>
    new Promise<{ code: unknown; out: string; err: string }>((resolve) => {
      const options = { env: { PATH: process.env['PATH'], ...env } }
      const child = execFile(process.execPath, [MAIN, ...args], options, (error, out, err) =>
        resolve({ code: error === null ? 0 : error.code, out, err }),
      )
      child.stdin?.end(input)
    })

  it('takes the password from the first line of its input and exits with 0', async () => {
    const made = await runs(['add', 'olga', '--role', 'operator'], 'correct horse bättery\r\nmore\n')
    expect(made).toMatchObject({ code: 0, err: '' })
    const olga = await findOperator(database.pool, 'olga')
    expect(await isPassword('correct horse bättery', olga?.passwordHash ?? null)).toBe(true)
    expect((await runs(['list'])).out).toMatch(/^olga/)
  })

  it('exits with 1 when it could not be done, and says why', async () => {
    expect(await runs(['remove', 'nobody'])).toMatchObject({ code: 1, out: '' })
    expect((await runs(['add', 'uma', '--role', 'viewer'])).err).toContain('No password was given')
    const away = await runs(['list'], '', { DATABASE_URL: 'postgresql://127.0.0.1:1/muster' })
    expect(away.code).toBe(1)
    expect(away.err).toContain('PostgreSQL does not answer. Look at DATABASE_URL and try again.')
    const unset = await runs(['list'], '', {})
    expect(unset.code).toBe(1)
    expect(unset.err).toContain('DATABASE_URL')
  })

  it('exits with 2 when it was not understood, and tells how it is used', async () => {
    const wrong = await runs(['add', 'olga'])
    expect(wrong.code).toBe(2)
    expect(wrong.err).toContain('expected --role viewer or --role operator')
    expect(wrong.err).toContain('Usage:')
    expect(await runs(['--help'], '', {})).toMatchObject({ code: 0, err: '' })
  })
})
