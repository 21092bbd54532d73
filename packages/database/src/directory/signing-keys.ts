import type { Pool } from 'pg'

/** A key pair that signs access tokens. */
export interface SigningKey {
  /** The key's JWK thumbprint (RFC 7638). */
  readonly id: string
  readonly publicJwk: Readonly<Record<string, unknown>>
  /** The private JWK's JSON, sealed. */
  readonly sealedPrivateJwk: Uint8Array
}

const COLUMNS = 'id, public_jwk as "publicJwk", private_jwk as "sealedPrivateJwk"'

/** All of them, the newest first: that one signs, the others still verify. */
export async function listSigningKeys(pool: Pool): Promise<readonly SigningKey[]> {
  return (await pool.query<SigningKey>(`select ${COLUMNS} from signing_keys order by created_at desc, id`)).rows
}

/** Inserts the key unless there is one. Of several processes that try at once, one inserts. */
export async function insertFirstSigningKey(pool: Pool, key: SigningKey): Promise<void> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    await client.query('lock table signing_keys in share row exclusive mode')
    await client.query(
      `insert into signing_keys (id, public_jwk, private_jwk)
       select $1, $2, $3 where not exists (select from signing_keys)`,
      [key.id, JSON.stringify(key.publicJwk), key.sealedPrivateJwk],
    )
    await client.query('commit')
  } catch (error) {
    // The connection is given up, which rolls the transaction back.
    broken = error instanceof Error ? error : new Error('the signing key was not stored')
    throw error
  } finally {
    client.release(broken)
  }
}
