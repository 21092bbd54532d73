/** Operations that can have turns, rows being left to read; of the table alone or of an alias `o` of it. */
export const OPEN = `state in ('SCHEDULED', 'PROCESSING') and not paused and total is null`

/**
 * Operations that ended before all their rows were read, so that these are still to be counted. Those whose files
 * are gone count too: it is the turn that finds out.
 */
export const UNCOUNTED = 'total is null and ended_at is not null and source is not null and deleted_at is null'

/**
 * A relation of the operations that a tenant has in flight: its oldest, one fewer than `limit`, and of the others the
 * one with the fewest bytes left. So a small upload never waits for huge ones, and the huge ones go on. Bytes that
 * are not known yet, as of a retry whose file is still to be made, count as more than any.
 *
 * Every step is a few probes of an index, whatever the number that waits.
 *
 * @param tenant SQL for the tenant's id
 * @param limit SQL for the number of operations in flight at most, from 2
 */
export function inFlight(tenant: string, limit: string): string {
  const others = `tenant_id = ${tenant} and not paused and total is null and deleted_at is null and number > (select max(number) from oldest)`
  return `(
    with oldest as (
      select number, id, type, state from operations
      where tenant_id = ${tenant} and ${OPEN} order by number limit ${limit} - 1
    ), smallest as (
      select number, id, type, state from (
        (
          select number, id, type, state, (source ->> 'bytes')::bigint as bytes_left from operations
          where state = 'SCHEDULED' and ${others} order by (source ->> 'bytes')::bigint, number limit 1
        ) union all (
          select number, id, type, state, coalesce(normalised_bytes, (source ->> 'bytes')::bigint)
            - (select coalesce(min(byte), 0) from lanes where operation_number = number) as bytes_left
          from operations where state = 'PROCESSING' and ${others} order by bytes_left, number limit 1
        )
      ) other order by bytes_left, number limit 1
    )
    select number, id, type, state, false as is_smallest from oldest
    union all select number, id, type, state, true from smallest
  )`
}
