import type { PrinterKind } from '@muster/contracts'
import { DatabaseError, type Pool } from 'pg'

/** What is told of a tenant's printer. */
export interface PrinterSettings {
  /** Unique within the tenant. */
  readonly name: string
  readonly kind: PrinterKind
  /** Where it is reached; null for a kind that has no address. */
  readonly address: string | null
}

/** A printer as it is stored. */
export interface StoredPrinter extends PrinterSettings {
  /** Decimal digits. */
  readonly id: string
}

const COLUMNS = 'id, name, kind, address'

/** The tenant's printers by name, those after `after`; `limit` at most. */
export async function listPrinters(
  pool: Pool,
  tenantId: number,
  page: { readonly after: string; readonly limit: number },
): Promise<readonly StoredPrinter[]> {
  const sql = `select ${COLUMNS} from printers where tenant_id = $1 and name > $2 order by name limit $3`
  return (await pool.query<StoredPrinter>(sql, [tenantId, page.after, page.limit])).rows
}

/**
 * Null when the tenant has no such printer.
 *
 * @param id 1 to 18 decimal digits
 */
export async function findPrinter(pool: Pool, tenantId: number, id: string): Promise<StoredPrinter | null> {
  const sql = `select ${COLUMNS} from printers where tenant_id = $1 and id = $2`
  return (await pool.query<StoredPrinter>(sql, [tenantId, id])).rows[0] ?? null
}

/** The tenant's printer of that name, letter for letter; null when there is none. The name holds no NUL. */
export async function findPrinterByName(pool: Pool, tenantId: number, name: string): Promise<StoredPrinter | null> {
  const sql = `select ${COLUMNS} from printers where tenant_id = $1 and name = $2`
  return (await pool.query<StoredPrinter>(sql, [tenantId, name])).rows[0] ?? null
}

/** Null when the tenant has a printer of that name. */
export async function createPrinter(
  pool: Pool,
  tenantId: number,
  { name, kind, address }: PrinterSettings,
): Promise<StoredPrinter | null> {
  const sql = `insert into printers (tenant_id, name, kind, address) values ($1, $2, $3, $4)
    on conflict (tenant_id, name) do nothing returning ${COLUMNS}`
  return (await pool.query<StoredPrinter>(sql, [tenantId, name, kind, address])).rows[0] ?? null
}

/**
 * Replaces what is told of a printer. What was asked of it before is printed as it was asked.
 *
 * @param id 1 to 18 decimal digits
 * @returns the printer; `taken` when another of the tenant has the name; null when the tenant has no such printer
 */
export async function updatePrinter(
  pool: Pool,
  tenantId: number,
  id: string,
  { name, kind, address }: PrinterSettings,
): Promise<StoredPrinter | 'taken' | null> {
  const sql = `update printers set name = $3, kind = $4, address = $5 where tenant_id = $1 and id = $2
    returning ${COLUMNS}`
  try {
    return (await pool.query<StoredPrinter>(sql, [tenantId, id, name, kind, address])).rows[0] ?? null
  } catch (error) {
    if (error instanceof DatabaseError && error.code === UNIQUE_VIOLATION) return 'taken'
    throw error
  }
}

/** SQLSTATE of a name that is there already. */
const UNIQUE_VIOLATION = '23505'

/**
 * Removes a printer; operations that were to print with it keep what they were told of it.
 *
 * @param id 1 to 18 decimal digits
 * @returns false when the tenant has no such printer
 */
export async function deletePrinter(pool: Pool, tenantId: number, id: string): Promise<boolean> {
  const { rowCount } = await pool.query('delete from printers where tenant_id = $1 and id = $2', [tenantId, id])
  return rowCount === 1
}
