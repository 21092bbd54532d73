import { eventually } from './eventually.ts'
import { query } from './record.ts'

/** Messages of an operation, at one moment. */
export interface Messages {
  readonly unsettled: number
  /** Of these: somebody carries them out, or did so when he died. */
  readonly held: number
  /** What they go through was found to be away, and has not been back since. */
  readonly isAway: boolean
}

const MESSAGES = `
  select count(m.row_number)::int as unsettled, count(m.held_by)::int as held, o.delivery_failures > 0 as "isAway"
  from operations o left join outbox m on m.operation_number = o.number and m.settled_at is null
  where o.id = $1 group by o.number`

export async function messages(databaseUrl: string, operationId: string): Promise<Messages> {
  const [row] = await query<Messages>(databaseUrl, MESSAGES, [operationId])
  if (row === undefined) throw new Error('there is no such operation')
  return row
}

const LEFT = `
  select count(*)::int as left from pg_stat_activity
  where application_name = 'muster-worker' and backend_start < $1`

const ABANDON = `
  with abandoned as (
    update outbox set due_at = now() where held_by is not null and settled_at is null returning row_number
  )
  select count(*)::int as held from abandoned`

/**
 * Lets the time pass after which what a dead worker holds is given up: two minutes. To be called when the only worker is
 * dead, and before another can have a turn: then whatever is held is the dead one's, so that nothing is taken from
 * anybody, and nobody but the clock is deceived.
 *
 * @returns how many messages the dead worker held
 */
export async function abandonHeld(databaseUrl: string): Promise<number> {
  const [{ now } = { now: null }] = await query<{ now: Date }>(databaseUrl, 'select clock_timestamp() as now')
  // What it had asked the database for when it died may still be carried out.
  await eventually('the sessions of the dead worker to end', 10_000, async () => {
    const [row] = await query<{ left: number }>(databaseUrl, LEFT, [now])
    return row?.left === 0 ? true : null
  })
  const [row] = await query<{ held: number }>(databaseUrl, ABANDON)
  return row?.held ?? Number.NaN
}
