import type { OperationRecord } from '@muster/database'

/** How long things are kept after an operation has ended. */
export interface Retention {
  /** Days that its files stay. */
  readonly filesDays: number
  /** Days that the record and the failed rows stay; the files go with them at the latest. */
  readonly recordsDays: number
}

const DAY_MS = 24 * 60 * 60 * 1000

/**
 * When an operation's files and its record go, as ISO times; from then on maintenance removes them within some
 * minutes. `files` is null once they are removed; all of it is null until the operation has ended.
 */
export function expiryOf(
  { endedAt, filesRemovedAt }: Pick<OperationRecord, 'endedAt' | 'filesRemovedAt'>,
  { filesDays, recordsDays }: Retention,
): { readonly files: string | null; readonly record: string } | null {
  if (endedAt === null) return null
  const after = (days: number) => new Date(endedAt.getTime() + days * DAY_MS).toISOString()
  return { files: filesRemovedAt === null ? after(Math.min(filesDays, recordsDays)) : null, record: after(recordsDays) }
}
