import type { FactorType } from '@muster/contracts'
import type { Pool } from 'pg'

/** A factor that a user is enrolled in, without its secret. */
export interface UserFactor {
  /** Decimal digits. */
  readonly factorConfigId: string
  readonly name: string
  readonly factorType: FactorType
  /** ISO 8601 UTC with milliseconds. */
  readonly enrolledAt: string
  /** What is in the certificate of a smart card, but for its key; null for other factors. */
  readonly certificate: UserCertificate | null
}

export interface UserCertificate {
  /** RFC 4514. */
  readonly subject: string
  readonly issuer: string
  /** Upper-case hexadecimal. */
  readonly serialNumber: string
  /** SHA-256, lower-case hexadecimal. */
  readonly fingerprint: string
  /** ISO 8601 UTC. */
  readonly notBefore: string
  readonly notAfter: string
  readonly keyType: string
  readonly subjectAltNames: readonly string[]
}

/** A user of the directory. Null is what was never given. */
export interface User {
  readonly userId: string
  readonly firstName: string | null
  readonly lastName: string | null
  readonly email: string | null
  readonly mobile: string | null
  readonly phone: string | null
  readonly userPrincipalName: string | null
  readonly securityID: string | null
  readonly externalID: string | null
  readonly state: string | null
  readonly locale: string | null
  readonly locked: boolean
  readonly attributes: Readonly<Record<string, string>> | null
  /** Names, in order. */
  readonly groups: readonly string[]
  /** In the order of the factor configs' ids. */
  readonly factors: readonly UserFactor[]
  readonly createdAt: Date
}

const FIND = `
  select u.user_id as "userId", u.first_name as "firstName", u.last_name as "lastName", u.email, u.mobile, u.phone,
    u.user_principal_name as "userPrincipalName", u.security_id as "securityID", u.external_id as "externalID",
    u.state, u.locale, u.locked, u.attributes, u.created_at as "createdAt",
    array(
      select g.name from user_groups m join groups g on g.id = m.group_id where m.user_id = u.id order by g.name
    ) as groups,
    (
      select coalesce(jsonb_agg(jsonb_build_object(
        'factorConfigId', c.id::text, 'name', c.name, 'factorType', c.factor_type,
        'enrolledAt', to_char(e.enrolled_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'certificate', case when e.fingerprint is not null then e.data - 'publicKey' end
      ) order by c.id), '[]')
      from enrollments e join factor_configs c on c.id = e.factor_config_id where e.user_id = u.id
    ) as factors
  from users u where u.tenant_id = $1 and u.user_id = $2`

/** Null when the tenant has no user of that id. */
export async function findUser(pool: Pool, tenantId: number, userId: string): Promise<User | null> {
  return (await pool.query<User>(FIND, [tenantId, userId])).rows[0] ?? null
}
