import { createHash } from 'node:crypto'
import { type FileStore, type IdsSource, idRecords, idsSource as sourceOf } from '@muster/engine'
import { writeCsv } from '@muster/text'

/** Writes a list of ids to the file store, durably: the source that it is. */
export async function storeIds(files: FileStore, key: string, ids: readonly string[]): Promise<IdsSource> {
  const hash = createHash('sha256')
  let bytes = 0
  await files.write(
    key,
    (async function* () {
      for await (const piece of writeCsv(idRecords(ids), { delimiter: ',', encoding: 'UTF-8' })) {
        hash.update(piece)
        bytes += piece.length
        yield piece
      }
    })(),
  )
  return sourceOf({ key, bytes, sha256: hash.digest('hex') })
}
