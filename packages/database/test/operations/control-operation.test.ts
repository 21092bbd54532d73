import { randomUUID } from 'node:crypto'
import { isEnded, isPausable, OPERATION_STATES, type OperationState, TRANSITIONS } from '@muster/contracts'
import { type EngineHarness, engineHarness } from '@muster/testkit'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Control, controlOperation, OperationBusy } from '../../src/operations/control-operation.ts'
import type { Pool } from '../../src/pool.ts'

let harness: EngineHarness
let pool: Pool
beforeAll(async () => {
  harness = await engineHarness()
  pool = harness.database.pool
})
afterAll(() => harness.database.drop())

const control = (id: string, what: Control, reason: string | null = null) =>
  controlOperation(pool, { tenantId: harness.database.tenantId, id, control: what, by: 'somebody', reason })

const PAIRS = OPERATION_STATES.flatMap((from) => OPERATION_STATES.map((to) => [from, to] as const))

/** An operation that came into being in a state, which no program does: its number. */
async function operationIn(state: OperationState): Promise<string> {
  const { rows } = await pool.query<{ number: string }>(
    `insert into operations (id, tenant_id, type, name, state, options, source, created_by, changed_by, reason, total, ended_at)
    values ($1, $2, 'IMPORT_USERS', 'x', $3, 'null', '{}', 'test', 'test', 'made', 5, case when $4 then now() end)
    returning number`,
    [randomUUID(), harness.database.tenantId, state, isEnded(state)],
  )
  return rows[0]?.number ?? ''
}

const history = async (number: string) => {
  const { rows } = await pool.query(
    `select actor, from_state as from, to_state as to, paused, reason
    from operation_history where operation_number = $1 order by id`,
    [number],
  )
  return rows
}

describe('the states of an operation, in the database', () => {
  it('have the edges of the contract and no others', async () => {
    const { rows } = await pool.query<{ edge: string }>(
      `select from_state || ' ' || to_state as edge from operation_transitions order by 1`,
    )
    const edges = PAIRS.filter(([from, to]) => TRANSITIONS[from][to] !== undefined)
    expect(rows.map(({ edge }) => edge)).toEqual(edges.map((edge) => edge.join(' ')).sort())
  })

  it.each(PAIRS.filter(([from, to]) => from !== to))(
    'may change from %s to %s if there is such an edge',
    async (from, to) => {
      const number = await operationIn(from)
      const changed = pool.query(
        `update operations set state = $2, changed_by = 'somebody', reason = 'why', ended_at = case when $3 then now() end
      where number = $1`,
        [number, to, isEnded(to)],
      )
      const creation = { actor: 'test', from: null, to: from, paused: false, reason: 'made' }
      if (TRANSITIONS[from][to] === undefined) {
        await expect(changed).rejects.toMatchObject({
          code: '23514',
          message: expect.stringContaining('cannot become'),
        })
        expect(await history(number)).toEqual([creation])
      } else {
        await changed
        expect(await history(number)).toEqual([creation, { actor: 'somebody', from, to, paused: false, reason: 'why' }])
      }
    },
  )

  it.each(OPERATION_STATES)('let %s be paused as the contract says', async (state) => {
    const number = await operationIn(state)
    const paused = pool.query(
      `update operations set paused = true, changed_by = 'somebody', reason = 'why' where number = $1`,
      [number],
    )
    if (!isPausable(state)) return expect(paused).rejects.toMatchObject({ code: '23514' })
    await paused
    expect((await history(number)).slice(1)).toEqual([
      { actor: 'somebody', from: state, to: state, paused: true, reason: 'why' },
    ])
  })
})

describe('a control', () => {
  it('gives up on a worker that does not let go, and changes nothing', async () => {
    const id = await harness.upload('userId\nstuck-1\nstuck-2\nstuck-3\n')
    await harness.turn(id, { chunks: 1, engine: { chunkSize: 1 } })
    const stuck = await pool.connect()
    await stuck.query('begin')
    await stuck.query('update lanes set changed_at = now() where lane = 0')
    await expect(control(id, 'cancel')).rejects.toBeInstanceOf(OperationBusy)
    await stuck.query('rollback')
    stuck.release()
    expect(await harness.outcome(id)).toMatchObject({ state: 'PROCESSING' })
    expect(await control(id, 'cancel')).toMatchObject({ changed: true, operation: { state: 'CANCELLED' } })
  })

  it('is not for operations of another tenant', async () => {
    const id = await harness.upload('userId\nother-1\n')
    const asked = { tenantId: harness.database.tenantId + 1, id, control: 'cancel', by: 'x', reason: null } as const
    expect(await controlOperation(pool, asked)).toBeNull()
    expect(await harness.outcome(id)).toMatchObject({ state: 'SCHEDULED' })
  })
})

const ROWS = 120
const isBad = (row: number) => row % 10 === 0
const FAILURES = Array.from({ length: ROWS }, (_, i) => i + 1)
  .filter(isBad)
  .map((row) => `${row} INVALID_EMAIL email`)

let files = 0
function csv(): string {
  const prefix = `p${++files}`
  const rows = Array.from({ length: ROWS }, (_, i) => `${prefix}-${i + 1},${isBad(i + 1) ? 'bad' : 'x@example.com'}`)
  return `userId,email\n${rows.join('\n')}\n`
}

/** Applies an operation as workers do: whoever has lost it stops, and each wake adds one more. */
function workers(id: string, chunks: number) {
  const turns = new Set<Promise<void>>()
  const work = async (): Promise<void> => {
    while ((await harness.turn(id, { chunks, engine: { chunkSize: 4, lanes: 2 } })) === 'turn-over');
  }
  return {
    wake(): void {
      const turn = work().finally(() => turns.delete(turn))
      turns.add(turn)
    },
    async rest(): Promise<void> {
      await Promise.all(turns)
    },
  }
}

/** What was applied, as its effects tell, and as its counts do. */
async function applied(id: string) {
  const { rows } = await pool.query<{ users: number; succeeded: number; failed: number; failures: number }>(
    `select (select count(*) from users where operation_number = o.number)::int as users,
      (select count(*) from failed_rows where operation_number = o.number)::int as failures,
      coalesce(sum(l.succeeded), 0)::int as succeeded, coalesce(sum(l.failed), 0)::int as failed
    from operations o left join lanes l on l.operation_number = o.number where o.id = $1 group by o.number`,
    [id],
  )
  return rows[0]
}

const step = fc.record({
  /** Round trips to the database before it: the clock that the turns run by. */
  after: fc.nat({ max: 40 }),
  control: fc.constantFrom<Control>('pause', 'pause', 'pause', 'resume', 'resume', 'resume', 'cancel'),
  /** Whether what runs is waited for, to see that it applies nothing more. */
  settles: fc.boolean(),
})

describe('controls at random moments', () => {
  it('let no row be applied after they were answered, and none be lost or applied twice', async () => {
    let caught = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), fc.integer({ min: 1, max: 12 }), async (steps, chunks) => {
        const id = await harness.upload(csv())
        const { wake, rest } = workers(id, chunks)
        wake()
        for (const { after, control: what, settles } of steps) {
          for (let trips = 0; trips < after; trips++) await pool.query('select 1')
          const answer = await control(id, what)
          if (!answer?.changed) continue
          const { succeeded, failed } = answer.operation
          if (what === 'resume') wake()
          else if (settles) {
            await rest()
            expect(await applied(id)).toEqual({ users: succeeded, succeeded, failed, failures: failed })
            if (succeeded > 0 && succeeded + failed < ROWS) caught++
          }
        }
        if ((await control(id, 'resume'))?.changed) wake()
        await rest()
        const outcome = await harness.outcome(id)
        const { users, succeeded, failed, failures } = (await applied(id)) ?? {}
        expect({ users, failures }).toEqual({ users: succeeded, failures: failed })
        if (outcome.state === 'CANCELLED') {
          wake()
          await rest()
          expect(await harness.outcome(id)).toMatchObject({ state: 'CANCELLED', total: ROWS, succeeded })
          return
        }
        expect(outcome).toMatchObject({ state: 'COMPLETED', total: ROWS, succeeded: ROWS - FAILURES.length })
        expect(outcome.failures).toEqual(FAILURES)
      }),
      { numRuns: 15 },
    )
    expect(caught, 'controls that came in the middle of an operation').toBeGreaterThan(0)
    expect(harness.told.mismatches).toBe(0)
  })
})
