import { emailField, FACTOR_TYPES, type FactorType, FIRST_DESIGN } from '@muster/contracts'
import type { Pool } from 'pg'
import { TOTP_DEFAULTS } from './factor-configs.ts'

/** The names that a new tenant's factor configs have. */
const FIRST_NAMES: Readonly<Record<FactorType, string>> = {
  EmailAuthenticator: 'Email',
  SMSAuthenticator: 'SMS',
  GoogleAuthenticator: 'Google Authenticator',
  MicrosoftAuthenticator: 'Microsoft Authenticator',
  ZohoOneAuthAuthenticator: 'Zoho OneAuth',
  CustomTOTPAuthenticator: 'Custom TOTP',
  DUOAuthenticator: 'Duo',
  SQAAuthenticator: 'Security Questions',
  SmartCardAuthenticator: 'Smart Card',
  FIDOAuthenticator: 'FIDO',
  SAMLAuthenticator: 'SAML',
}

/** The group that every tenant has from the start. */
const FIRST_GROUP = 'All Users'

/** The printer that every tenant has from the start. */
const FIRST_PRINTER = { name: 'PDF', kind: 'pdf' }

// Whoever inserts the tenant also inserts what it starts with; a second process waits at the unique
// name and inserts nothing, so that no identity is used up in vain.
const CREATE = `
  with tenant as (
    insert into tenants (name) values ($1) on conflict (name) do nothing returning id
  ), configs as (
    insert into factor_configs (tenant_id, name, factor_type, settings)
    select tenant.id, first.name, first.factor_type, first.settings
    from tenant, unnest($2::text[], $3::text[], $4::jsonb[]) with ordinality
      as first (name, factor_type, settings, position)
    order by first.position
  ), first_group as (
    insert into groups (tenant_id, name) select id, $5 from tenant
  ), first_design as (
    insert into enrollment_designs (tenant_id, name, fields, email_field) select id, $6, $7, $8 from tenant
  ), first_printer as (
    insert into printers (tenant_id, name, kind) select id, $9, $10 from tenant
  )
  select id from tenant`

/**
 * The tenant of that name, created when it is new: it then starts with one factor config of each type, the group
 * `All Users`, the enrollment design `Employee Badge` and the printer `PDF`. Any number of processes may ask at once.
 *
 * @returns the tenant's id
 */
export async function ensureTenant(pool: Pool, name: string): Promise<number> {
  const existing = await findTenant(pool, name)
  if (existing !== null) return existing
  const names = FACTOR_TYPES.map((type) => FIRST_NAMES[type])
  const settings = FACTOR_TYPES.map((type) => JSON.stringify(type === 'CustomTOTPAuthenticator' ? TOTP_DEFAULTS : {}))
  const design = [FIRST_DESIGN.name, JSON.stringify(FIRST_DESIGN.fields), emailField(FIRST_DESIGN.fields)]
  const values = [name, names, FACTOR_TYPES, settings, FIRST_GROUP, ...design, FIRST_PRINTER.name, FIRST_PRINTER.kind]
  const { rows } = await pool.query<{ id: number }>(CREATE, values)
  const created = rows[0]?.id ?? (await findTenant(pool, name))
  if (created === null)
    throw new Error('a tenant that exists cannot be read; the transaction isolation is not the default')
  return created
}

async function findTenant(pool: Pool, name: string): Promise<number | null> {
  const { rows } = await pool.query<{ id: number }>('select id from tenants where name = $1', [name])
  return rows[0]?.id ?? null
}
