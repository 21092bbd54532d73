import { rowMessage } from '@muster/contracts'
import type { OperationRecord } from '@muster/database'

/** An operation as the native dialect tells it. `total` and `unprocessed` are null until the rows are counted. */
export function operationJson(operation: OperationRecord) {
  const { total, succeeded, unchanged, failed, source, firstMistake } = operation
  const unprocessed = total === null ? null : total - succeeded - unchanged - failed
  return {
    id: operation.id,
    number: jsonNumber(operation.number),
    type: operation.type,
    name: operation.name,
    state: operation.state,
    rows: { total, succeeded, unchanged, failed, unprocessed },
    firstFailedRow: operation.firstFailedRow,
    errorMessage: operation.fault ?? (firstMistake === null ? null : rowMessage(firstMistake)),
    source: { fileName: source.fileName, bytes: source.bytes, sha256: source.sha256, encoding: source.encoding },
    createdAt: operation.createdAt.toISOString(),
    startedAt: operation.startedAt?.toISOString() ?? null,
    endedAt: operation.endedAt?.toISOString() ?? null,
  }
}

/** A number where JSON's readers keep every digit, else text. */
function jsonNumber(number: bigint): number | string {
  return number <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(number) : number.toString()
}
