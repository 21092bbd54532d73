import { join } from 'node:path'
import { expect } from 'vitest'
import { HOLDER, writeHolders } from './card-holders.ts'
import { type CardsArchive, type Holder, writeCardsArchive } from './cards-archive.ts'
import type { Muster } from './muster.ts'
import { query } from './record.ts'
import { postCardsConfig } from './requests.ts'
import type { Form, UploadKind } from './upload.ts'

const ROWS = 16_000

/** Smart cards in archives, for a stack of their own: users and archives are made once, factor configs for each upload. */
export function smartCards(): UploadKind {
  const archives = new Map<number, Promise<CardsArchive>>()
  let holders: Promise<void> | null = null
  const archive = (muster: Muster, rows: number): Promise<CardsArchive> => {
    const made = archives.get(rows) ?? writeCardsArchive(muster.supervisor.dataFolder, rows)
    archives.set(rows, made)
    return made
  }
  return {
    title: 'cards',
    rows: ROWS,
    async make(muster, name, rows) {
      holders ??= importHolders(muster)
      await holders
      const { path, pathOfBefore, planted, enrolledBefore, holders: expected, secrets } = await archive(muster, rows)
      const configId = await postCardsConfig(await muster.access(), name)
      await muster.carryOut(formOf(configId, pathOfBefore))
      return {
        form: formOf(configId, path),
        rows,
        planted,
        unchanged: enrolledBefore,
        secrets,
        expectMade: (databaseUrl, operationId) => expectEnrolled(databaseUrl, { operationId, configId, expected }),
      }
    },
  }
}

function formOf(configId: string, path: string): Form {
  const fields = {
    type: 'SMART_CARD_ENROLLMENT',
    factor_configs: configId,
    certificate_filename_pattern: 'Primary Email',
  }
  return { fields, path, fileName: 'cards.zip' }
}

async function importHolders(muster: Muster): Promise<void> {
  const path = join(muster.supervisor.dataFolder, 'card-holders.csv')
  await writeHolders(path, ROWS)
  await muster.carryOut({ fields: { type: 'IMPORT_USERS' }, path, fileName: 'users.csv' })
}

const ENROLLED = `
  with expected as (select * from unnest($3::text[], $4::text[]) as e (user_id, fingerprint)),
  there as (
    select u.user_id, u.email, e.data, encode(e.fingerprint, 'hex') as fingerprint
    from enrollments e left join users u on u.id = e.user_id where e.factor_config_id = $2
  ),
  applied as (
    select u.user_id, k.row_number from operation_keys k left join users u on u.id = k.subject_id
    where k.operation_number = (select number from operations where id = $1) and k.row_number is not null
  )
  select
    (select count(*)::int from there) as enrolled,
    (select count(distinct fingerprint)::int from there) as certificates,
    (select count(*)::int from expected e
      where not exists (select from there t where t.user_id = e.user_id and t.fingerprint = e.fingerprint)) as missing,
    -- enrollments of others, by certificates of others, or with what another certificate says
    (select count(*)::int from there t left join expected e using (user_id)
      where e.fingerprint is distinct from t.fingerprint or t.data ->> 'fingerprint' is distinct from t.fingerprint
        or t.data ->> 'subject' is distinct from 'CN=' || t.email) as wrong,
    (select count(*)::int from applied) as applied,
    -- users whose certificate is told to be of another row
    (select count(*)::int from applied where user_id is distinct from $5::text || row_number) as misplaced`

/** Looks at every enrollment by set, not by sample. */
async function expectEnrolled(
  databaseUrl: string,
  { operationId, configId, expected }: { operationId: string; configId: string; expected: readonly Holder[] },
): Promise<void> {
  const users = expected.map(({ userId }) => userId)
  const fingerprints = expected.map(({ fingerprint }) => fingerprint)
  const good = expected.length
  expect(await query(databaseUrl, ENROLLED, [operationId, configId, users, fingerprints, HOLDER])).toEqual([
    { enrolled: good, certificates: good, missing: 0, wrong: 0, applied: good, misplaced: 0 },
  ])
}
