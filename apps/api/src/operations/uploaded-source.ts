import { ArchiveRefused, type Source, storedArchive, zipSource } from '@muster/engine'
import { OPERATIONS } from '@muster/operations'
import { Refusal } from '../refusal.ts'
import type { Services } from '../services.ts'
import type { ReceivedFile } from '../upload/upload.ts'
import { csvSource, type UploadedFile } from './csv-source.ts'

/**
 * The source that an upload is for its operation's type: a CSV whose header is right, or a ZIP whose end can be read.
 * Throws a Refusal that tells what is wrong with the file.
 */
export async function uploadedSource(
  services: Pick<Services, 'files' | 'archives'>,
  uploaded: UploadedFile,
): Promise<Source> {
  const { type, file } = uploaded
  if (OPERATIONS[type].content === null) return csvSource(uploaded)
  await checkArchive(services, file)
  return zipSource(file)
}

async function checkArchive(
  { files, archives }: Pick<Services, 'files' | 'archives'>,
  { key, bytes }: ReceivedFile,
): Promise<void> {
  try {
    await archives.check(storedArchive(files, key, bytes))
  } catch (error) {
    throw error instanceof ArchiveRefused ? archiveRefused(error) : error
  }
}

function archiveRefused({ message: detail }: ArchiveRefused): Refusal {
  return new Refusal('archive-refused', detail, { causes: [{ title: 'ARCHIVE_REFUSED', detail }] })
}
