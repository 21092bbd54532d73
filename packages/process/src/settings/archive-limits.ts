import type { SettingsOf } from './registry.ts'

/** What an uploaded archive may ask of the API, which looks at its end, and of the workers, which read it. */
export function archiveLimits(settings: SettingsOf<'api'> | SettingsOf<'worker'>) {
  return {
    maxEntries: settings.ARCHIVE_MAX_ENTRIES,
    maxEntryBytes: settings.ARCHIVE_MAX_ENTRY_BYTES,
    maxUnpackedBytes: settings.ARCHIVE_MAX_UNPACKED_BYTES,
    maxRatio: settings.ARCHIVE_MAX_RATIO,
    maxDirectoryBytes: settings.ARCHIVE_MAX_DIRECTORY_BYTES,
  }
}
