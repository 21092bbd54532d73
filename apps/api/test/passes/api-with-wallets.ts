import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeEnrollmentId } from '@muster/contracts'
import type { Wallet } from '@muster/engine/ports'
import { testFolder } from '@muster/testkit'
import { readWalletCredentials, selfMadeAppleFiles, selfMadeGoogleKeyFile } from '@muster/wallets'
import { type ApiOptions, type ApiUnderTest, startApi } from '../api-under-test.ts'

export const PASS_TYPE = 'pass.test.muster.badge'
const PUBLIC_URL = 'https://passes.example'

export interface ApiWithWallets extends ApiUnderTest {
  readonly wwdrCertificate: string
}

/** The API with both wallets set up. */
export async function startApiWithWallets(options: ApiOptions = {}): Promise<ApiWithWallets> {
  const folder = await testFolder()
  const { certificate, key, wwdrCertificate } = await selfMadeAppleFiles(PASS_TYPE, 'TEAM123456')
  const files = {
    APPLE_PASS_CERTIFICATE_FILE: certificate,
    APPLE_PASS_KEY_FILE: key,
    APPLE_WWDR_CERTIFICATE_FILE: wwdrCertificate,
    GOOGLE_WALLET_KEY_FILE: await selfMadeGoogleKeyFile(),
  }
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
  const { apple, google, mistakes } = readWalletCredentials({
    APPLE_PASS_TYPE_ID: PASS_TYPE,
    APPLE_TEAM_ID: 'TEAM123456',
    GOOGLE_WALLET_ISSUER_ID: '338800',
    ...Object.fromEntries(Object.keys(files).map((name) => [name, join(folder, name)])),
  })
  if (mistakes.length > 0) throw new Error(JSON.stringify(mistakes))
  const api = await startApi({ wallets: { apple, google, publicUrl: PUBLIC_URL }, ...options })
  return { ...api, wwdrCertificate }
}

export interface HeldPass {
  readonly id: string
  readonly serial: string
  readonly recordId: string
  readonly enrollmentId: string
}

const FIELDS = [
  { name: 'FirstName', type: 'text', required: true, unique: false },
  { name: 'EmployeeNumber', type: 'barcode', required: true, unique: true },
]

/** An enrollment of a new design with a pass in force. */
export async function holdPass({ pool, tenantId }: ApiUnderTest, design = 'Visitor'): Promise<HeldPass> {
  const { rows } = await pool.query<HeldPass & { workflowId: string }>(
    `with design as (
       insert into enrollment_designs (tenant_id, name, fields)
       values ($1, $3 || repeat(' ', (select count(*)::integer from enrollment_designs)), $2) returning id, workflow_id
     ), record as (
       insert into enrollment_records (tenant_id, design_id, fields)
       select $1, id, '{"FirstName": "Jane", "EmployeeNumber": "E-1"}' from design returning id
     )
     insert into passes (tenant_id, record_id, operation_number, row_number) select $1, id, 1, 1 from record
     returning id, serial, record_id as "recordId", (select workflow_id from design) as "workflowId"`,
    [tenantId, JSON.stringify(FIELDS), design],
  )
  const [made] = rows
  if (made === undefined) throw new Error('no pass was made')
  const { workflowId, ...pass } = made
  return { ...pass, enrollmentId: encodeEnrollmentId({ workflowId, key: pass.recordId }) }
}

/** The path of a new link to the pass. */
export async function newLink(api: ApiUnderTest, { enrollmentId }: HeldPass, wallet: Wallet): Promise<string> {
  const path = `/api/web/v1/mobileFlashPass/downloadUri/${wallet}/${enrollmentId}`
  const answer = await api.call(path, { scopes: ['ISSUANCE:VIEW'] })
  return new URL(String(await answer.json())).pathname
}

export function makeVoid({ pool }: ApiUnderTest, { id }: HeldPass): Promise<unknown> {
  return pool.query('update passes set voided_at = now(), changed_at = now() where id = $1', [id])
}

/** Everything that the log says, and what is stored of links. */
export function logged({ lines }: ApiUnderTest): string {
  return JSON.stringify(lines)
}
