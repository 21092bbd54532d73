import type { Encoding } from '@muster/contracts'

/**
 * The encoding a file for a client of this encoding is written in: its own, but UTF-8 with a byte order
 * mark for the ISO-2022-JP ones, which nothing here can write.
 */
export function canWrite(encoding: Encoding): Encoding {
  return encoding === 'ISO-2022-JP' || encoding === 'X-WINDOWS-ISO2022JP' ? 'UTF-8' : encoding
}

/**
 * The name to tell an encoding by in a Content-Type header: `text/csv; charset=…` (IANA, character sets).
 * For what `writeCsv` has written ask with `canWrite(encoding)`.
 */
export function csvCharset(encoding: Encoding): string {
  if (encoding === 'WINDOWS-1251') return 'windows-1251'
  // Registered nowhere; what IANA has and readers decode the same way is this.
  return encoding === 'X-WINDOWS-ISO2022JP' ? 'ISO-2022-JP' : encoding
}
