import type { Pool } from 'pg'
import { FOUND_PASS, type FoundPass, type PassRecord, passRecord } from './pass-record.ts'

/** Devices that may ask for news of one pass: more than anybody has. */
const MAX_DEVICES = 50

/**
 * What was committed longer ago than this is seen by every query that comes later. A change has the time at which its
 * transaction began, so that a time that is told as "all until then" must be that old.
 */
const SETTLED = `interval '60 seconds'`

/** Apple's device, and the pass that it holds. */
export interface Registration {
  /** Apple's `deviceLibraryIdentifier`. */
  readonly deviceId: string
  /** The pass's, a UUID. */
  readonly serial: string
}

/** *full*: as many devices as are let have registered for the pass. */
export type Registered = 'new' | 'known' | 'full' | 'no-such-pass'

/** Notes that the device holds the pass; the push token given last is kept. */
export async function registerDevice(
  pool: Pool,
  { deviceId, serial }: Registration,
  sealedPushToken: Uint8Array,
): Promise<Registered> {
  const { rows } = await pool.query<{ registered: Registered }>(
    `with pass as (
       select p.id, p.tenant_id,
         exists (select from pass_devices where pass_id = p.id and device_id = $1) as known,
         (select count(*) from pass_devices where pass_id = p.id) as devices
       from passes p where p.serial = $2
     ), noted as (
       insert into pass_devices (device_id, pass_id, tenant_id, push_token)
       select $1, id, tenant_id, $3 from pass where known or devices < ${MAX_DEVICES}
       on conflict (device_id, pass_id) do update set push_token = excluded.push_token
     )
     select case when known then 'known' when devices < ${MAX_DEVICES} then 'new' else 'full' end as registered
     from pass`,
    [deviceId, serial, sealedPushToken],
  )
  return rows[0]?.registered ?? 'no-such-pass'
}

/** Forgets that the device holds the pass; nothing happens when that was not known. */
export async function unregisterDevice(pool: Pool, { deviceId, serial }: Registration): Promise<void> {
  await pool.query(
    'delete from pass_devices where device_id = $1 and pass_id = (select id from passes where serial = $2)',
    [deviceId, serial],
  )
}

/** Passes that were changed, and until when all changes are among them: microseconds since 1970, decimal digits. */
export interface ChangedPasses {
  readonly serials: readonly string[]
  readonly until: string
}

/**
 * The passes on the device that were changed after a time, by serial number; all of them when no time is given. Those
 * changed lately may be told twice.
 *
 * @param after the `until` of an earlier answer; null for none
 */
export async function changedPasses(pool: Pool, deviceId: string, after: string | null): Promise<ChangedPasses> {
  const { rows } = await pool.query<{ serials: string[]; until: string }>(
    `select coalesce(array_agg(p.serial::text order by p.id), '{}') as serials,
       trunc(extract(epoch from least(now() - ${SETTLED}, max(greatest(p.changed_at, r.updated_at)))) * 1000000) as until
     from pass_devices v
       join passes p on p.id = v.pass_id
       left join enrollment_records r on r.id = p.record_id
     where v.device_id = $1
       and ($2::numeric is null or extract(epoch from greatest(p.changed_at, r.updated_at)) * 1000000 > $2::numeric)`,
    [deviceId, after],
  )
  return { serials: rows[0]?.serials ?? [], until: rows[0]?.until ?? '0' }
}

/** A pass as it is now. */
export interface LatestPass extends PassRecord {
  /** The same as `changedAt`, or a minute ago if that is earlier: until then no change is missing. */
  readonly settledAt: Date
}

/** The pass of this serial number; null when there is none. */
export async function latestPass(pool: Pool, serial: string): Promise<LatestPass | null> {
  const { rows } = await pool.query<FoundPass & { settledAt: Date }>(
    `select ${FOUND_PASS}, least(now() - ${SETTLED}, greatest(p.changed_at, r.updated_at)) as "settledAt"
     from passes p
       join tenants t on t.id = p.tenant_id
       left join enrollment_records r on r.id = p.record_id
     where p.serial = $1`,
    [serial],
  )
  const [found] = rows
  return found === undefined ? null : { ...(await passRecord(pool, found)), settledAt: found.settledAt }
}
