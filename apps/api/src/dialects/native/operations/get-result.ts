import { isEnded } from '@muster/contracts'
import type { OperationRecord } from '@muster/database'
import { FileMissing, type FileStore } from '@muster/engine'
import { Refusal } from '../../../refusal.ts'
import type { Endpoint } from '../../endpoint.ts'
import { operationOf } from './operation-of.ts'

/** `GET /v1/operations/{id}/result`: the file that an operation has made. */
export const getResult: Endpoint = {
  summary: 'Download what an operation has made',
  details: 'The cards of an operation that printed into a PDF: a page each, of size CR80.',
  answers: { 200: { description: 'The file.', content: { 'application/pdf': 'binary' } } },
  async handler(services, request) {
    const { files } = services
    const operation = await operationOf(services, request)
    const key = resultKeyOf(operation)
    await requireFile(files, key)
    return {
      status: 200,
      headers: {
        'Content-Type': 'application/pdf',
        'Content-Disposition': `attachment; filename="cards_${operation.number}.pdf"`,
        'Cache-Control': 'no-store',
      },
      body: files.read(key),
    }
  },
}

function resultKeyOf({ type, state, resultKey, filesRemovedAt }: OperationRecord): string {
  if (type !== 'PRINT_ENROLLMENTS') {
    throw new Refusal('not-found', `Only PRINT_ENROLLMENTS makes a file, and this operation is ${type}.`)
  }
  if (!isEnded(state)) {
    throw new Refusal('conflict', `The operation is ${state}; its file is there when it is COMPLETED.`)
  }
  if (resultKey === null) throw new Refusal('not-found', 'No card was printed, so that there is no file.')
  if (filesRemovedAt !== null) throw gone()
  return resultKey
}

/** Looked for before anything is answered: it may have been removed since the operation was read. */
async function requireFile(files: FileStore, key: string): Promise<void> {
  try {
    for await (const _ of files.read(key, 0, 1)) return
  } catch (error) {
    throw error instanceof FileMissing ? gone() : error
  }
}

function gone(): Refusal {
  return new Refusal('gone', 'The file was removed when its time was over.')
}
