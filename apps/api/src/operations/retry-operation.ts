import type { OperationRecord } from '@muster/database'
import { ArchiveRefused, FileMissing, type Source, storedArchive } from '@muster/engine'
import type { Caller } from '../auth/caller.ts'
import { Refusal } from '../refusal.ts'
import type { Services } from '../services.ts'
import { createRetry } from './create-operation.ts'

/**
 * Makes an operation that runs the failed and unprocessed rows of another, which has ended, as they are. Its file is
 * made by the worker that takes it up.
 * Throws a Refusal where there are no such rows, or they cannot be read any more.
 *
 * @param requestKey the request's Idempotency-Key; null where there is none
 */
export async function retryOperation(
  services: Pick<Services, 'pool' | 'producer' | 'limits' | 'files' | 'archives'>,
  parent: OperationRecord,
  { caller, requestKey }: { caller: Caller; requestKey: string | null },
): Promise<OperationRecord> {
  const { number: parentNumber, type, name, options, policy } = parent
  const parentSource = sourceToRetry(parent)
  await demandArchive(services, parentSource)
  return createRetry(services, { caller, type, name, options, policy, requestKey, parentNumber, parentSource })
}

function sourceToRetry({
  source,
  normalisedKey,
  filesRemovedAt,
  archiveRemovedAt,
  ...parent
}: OperationRecord): Source {
  const { total, succeeded, unchanged, resolved } = parent
  if (source === null) {
    throw new Refusal('conflict', 'The operation never had data, so it has no rows to run again; create a new one.')
  }
  if (filesRemovedAt !== null) {
    throw new Refusal('gone', 'Its data was removed when its time was over; send the corrected rows as a file.')
  }
  if (archiveRemovedAt !== null) {
    throw new Refusal(
      'gone',
      'Its archive was removed because it held private keys; send the certificates that are left, without keys, as a file.',
    )
  }
  if (source.isRetry && normalisedKey === null) {
    throw new Refusal('conflict', 'It ended before its rows were found; retry the operation that it was to retry.')
  }
  if (total !== null && total - succeeded - unchanged - resolved <= 0) {
    throw new Refusal('conflict', 'There is nothing to retry: every row came through, here or in a retry.')
  }
  return source
}

/** A retry reads the archive that was sent first, which may be another operation's. */
async function demandArchive({ files, archives }: Pick<Services, 'files' | 'archives'>, source: Source): Promise<void> {
  if (source.kind !== 'zip') return
  try {
    await archives.check(storedArchive(files, source.archive, source.bytes))
  } catch (error) {
    if (error instanceof FileMissing) {
      throw new Refusal('gone', 'The archive whose files it would read was removed; send the files as a new one.')
    }
    // It may have been taken under other limits; what is wrong with it is the operation's to tell.
    if (!(error instanceof ArchiveRefused)) throw error
  }
}
