import { Fault } from '../fault.ts'
import { type Claim, LeaseLost, type OperationStore } from '../ports/index.ts'
import { archiveList } from './archive.ts'
import { type RetryAccess, retriedRows } from './retried-rows.ts'
import { retryRecords } from './retry-file.ts'
import { until, uploadedBytes } from './source-rows.ts'

/** What is needed to make the copy of a source. */
export interface SourceAccess extends RetryAccess {
  readonly store: Pick<OperationStore, 'setNormalised' | 'holds' | 'parent' | 'parentRows'>
}

const LOOK_EVERY_MS = 1_000

/**
 * The key of the source in UTF-8. In the first turn, a source of another encoding is copied to UTF-8, so that every
 * later read can start at any byte, and the list of an archive's files, or the file of a retry, is made. The copy is there whole or not at all; a copy
 * that was cut short is made again from the beginning. Throws LeaseLost soon after the operation is another's, or was
 * paused or cancelled.
 */
export async function utf8Key(claim: Claim, access: SourceAccess, signal: AbortSignal): Promise<string> {
  const { source } = claim
  if (claim.normalisedKey !== null) return claim.normalisedKey
  if (source.isRetry) return makeRetryFile(claim, access, signal)
  if (source.kind === 'zip') {
    return makeCopy(claim, `${source.key}.utf8`, until(signal, archiveList(source, access)), access)
  }
  if (source.encoding === 'UTF-8') return source.key
  const decoded = access.reader.toUtf8(uploadedBytes(source, access.files), source.encoding)
  return makeCopy(claim, `${source.key}.utf8`, until(signal, decoded), access)
}

async function makeRetryFile(claim: Claim, access: SourceAccess, signal: AbortSignal): Promise<string> {
  // Which rows are left to retry changes with time: a worker that was overtaken must not replace the file that the
  // next one reads. So each makes its own, and the lease decides whose it is.
  const key = `${claim.source.key}.${claim.lease}.utf8`
  try {
    return await makeCopy(claim, key, retryFile(claim, access, signal), access)
  } catch (error) {
    if (error instanceof LeaseLost) await access.files.remove(key)
    throw error
  }
}

async function* retryFile(claim: Claim, access: SourceAccess, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
  const parent = await access.store.parent(claim)
  if (parent === null) throw parentGone()
  const rows = retriedRows(claim, parent, access, signal)
  yield* access.reader.write(retryRecords(parent.source.header, rows), claim.source.delimiter)
  // Removed meanwhile, it may have told of fewer failed rows than it had.
  if ((await access.store.parent(claim)) === null) throw parentGone()
}

function parentGone(): Fault {
  return new Fault('The operation whose rows it runs again was removed. Upload the rows as a new operation.')
}

async function makeCopy(
  claim: Claim,
  key: string,
  bytes: AsyncIterable<Uint8Array>,
  { files, store }: SourceAccess,
): Promise<string> {
  let length = 0
  const count = (chunk: Uint8Array): void => {
    length += chunk.length
  }
  await files.write(key, counted(whileHeld(bytes, claim, store), count))
  await store.setNormalised(claim, key, length)
  return key
}

/** A copy has no chunks whose transactions would notice that the lease is gone. */
async function* whileHeld(
  bytes: AsyncIterable<Uint8Array>,
  claim: Claim,
  store: SourceAccess['store'],
): AsyncGenerator<Uint8Array, void> {
  let lookedAt = performance.now()
  for await (const chunk of bytes) {
    if (performance.now() - lookedAt >= LOOK_EVERY_MS) {
      if (!(await store.holds(claim))) throw new LeaseLost()
      lookedAt = performance.now()
    }
    yield chunk
  }
}

async function* counted(
  bytes: AsyncIterable<Uint8Array>,
  count: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of bytes) {
    count(chunk)
    yield chunk
  }
}
