export { ARCHIVE_LIMITS, type ArchiveLimits } from './archive-limits.ts'
export { archiveReader } from './archive-reader.ts'
