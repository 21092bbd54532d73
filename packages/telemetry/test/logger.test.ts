import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createLogger } from '../src/index.ts'

function logger() {
  const lines: string[] = []
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const log = createLogger({ service: 'worker', level: 'info', destination })
  return { log, text: () => lines.join(''), last: () => JSON.parse(lines.at(-1) ?? '{}') }
}

/** An error as node-postgres makes them, with values in every field that may quote one. */
function databaseError(message = 'invalid input syntax for type integer: "Tanaka Hanako"'): Error {
  return Object.assign(new Error(message), {
    name: 'error',
    code: '22P02',
    severity: 'ERROR',
    routine: 'pg_strtoint32_safe',
    table: 'users',
    constraint: 'users_by_user_id',
    detail: 'Key (user_id)=(hanako) already exists.',
    hint: 'hanako',
    where: 'COPY input, line 1, column user_id: "hanako"',
    internalQuery: "select 'hanako'",
    parameters: ['hanako'],
  })
}

describe('the logger', () => {
  it('writes one JSON object a line, with ISO time, level by name and the service', () => {
    const { log, text, last } = logger()
    log.info({ operationId: 'x' }, 'claimed')
    expect(text().trim().split('\n')).toHaveLength(1)
    expect(last()).toMatchObject({ level: 'info', service: 'worker', operationId: 'x', msg: 'claimed' })
    expect(last().time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    expect(last()).not.toHaveProperty('hostname')
  })

  it('leaves out what is below its level', () => {
    const { log, text } = logger()
    log.debug('quiet')
    expect(text()).toBe('')
  })

  it('tells an ordinary error with name, code, message, stack and cause', () => {
    const { log, last } = logger()
    const cause = Object.assign(new Error('no space left'), { code: 'ENOSPC' })
    log.error({ err: new TypeError('the file could not be written', { cause }) }, 'failed')
    expect(last().err).toMatchObject({
      name: 'TypeError',
      message: 'the file could not be written',
      cause: { code: 'ENOSPC', message: 'no space left' },
    })
    expect(last().err.stack).toContain('logger.test.ts')
  })

  it('treats the code of a broken pipe as the system’s and not as an SQLSTATE', () => {
    const { log, last } = logger()
    log.error({ err: Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }) }, 'failed')
    expect(last().err.message).toBe('write EPIPE')
  })

  for (const [how, write] of [
    [
      'under err with a message',
      (log: ReturnType<typeof logger>['log'], error: Error) => log.error({ err: error }, 'a chunk failed'),
    ],
    ['under err without a message', (log: ReturnType<typeof logger>['log'], error: Error) => log.error({ err: error })],
    ['by itself', (log: ReturnType<typeof logger>['log'], error: Error) => log.error(error)],
    [
      'as a cause',
      (log: ReturnType<typeof logger>['log'], error: Error) => log.error(new Error('outer', { cause: error })),
    ],
    ['under error', (log: ReturnType<typeof logger>['log'], error: Error) => log.error({ error }, 'failed')],
    ['in a child logger', (log: ReturnType<typeof logger>['log'], error: Error) => log.child({ turn: 1 }).error(error)],
  ] as const) {
    it(`quotes no value of a database error that is logged ${how}`, () => {
      const { log, text } = logger()
      write(log, databaseError())
      write(log, databaseError('first line\n    at hanako\nTanaka'))
      expect(text()).toContain('22P02')
      expect(text()).toContain('pg_strtoint32_safe')
      expect(text()).toContain('logger.test.ts')
      expect(text()).not.toMatch(/hanako|tanaka/i)
    })
  }

  it('blots out secrets wherever they stand in the first levels', () => {
    const { log, text } = logger()
    log.info(
      { authorization: 'Bearer abc', req: { headers: { authorization: 'Basic abc', cookie: 'abc' } } },
      'request',
    )
    log.info({ client: { client_secret: 'abc', password: 'abc' }, token: 'abc' }, 'client')
    expect(text()).not.toContain('abc')
    expect(text()).toContain('[redacted]')
  })
})
