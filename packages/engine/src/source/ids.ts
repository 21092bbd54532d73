import type { IdsSource } from '../ports/index.ts'

/** The source that a file of ids in the file store is. */
export function idsSource(file: Pick<IdsSource, 'key' | 'bytes' | 'sha256'>): IdsSource {
  return {
    kind: 'ids',
    ...file,
    fileName: 'ids.csv',
    encoding: 'UTF-8',
    delimiter: ',',
    header: ['id'],
    start: { row: 0, line: 1, byte: 0 },
  }
}

/** Ids as records of such a file. */
export async function* idRecords(ids: readonly string[]): AsyncGenerator<readonly string[], void> {
  for (const id of ids) yield [id]
}
