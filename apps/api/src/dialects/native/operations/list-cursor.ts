import { createHash } from 'node:crypto'
import type { OperationListing, OperationPlace, OperationSort } from '@muster/database'
import { z } from 'zod'

type Listing = Pick<OperationListing, 'filter' | 'sort' | 'descending'>

const NUMBER = /^\d{1,18}$/
const TEXT = /^[^\0]*$/
const TIME = /^(\d{1,15}(\.\d{1,6})?|Infinity)$/

const VALUES: Readonly<Record<OperationSort, RegExp>> = {
  number: NUMBER,
  name: TEXT,
  state: TEXT,
  type: TEXT,
  createdAt: TIME,
  endedAt: TIME,
}

/** An opaque text for the place in a listing: it is good for this listing alone. */
export function writeCursor(listing: Listing, { value, number }: OperationPlace): string {
  return Buffer.from(JSON.stringify([digestOf(listing), value, number])).toString('base64url')
}

/** The place that a cursor stands for; null when it is none of this listing's. */
export function readCursor(listing: Listing, cursor: string): OperationPlace | null {
  const schema = z.tuple([
    z.literal(digestOf(listing)),
    z.string().regex(VALUES[listing.sort]),
    z.string().regex(NUMBER),
  ])
  const read = schema.safeParse(parsed(cursor))
  if (!read.success) return null
  const [, value, number] = read.data
  return { value, number }
}

function digestOf({ filter, sort, descending }: Listing): string {
  return createHash('sha256')
    .update(JSON.stringify([filter, sort, descending]))
    .digest('base64url')
    .slice(0, 16)
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    return null
  }
}
