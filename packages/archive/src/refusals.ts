import { ArchiveRefused } from '@muster/engine/ports'

/** Why an archive is refused as a whole: sentences for its sender, none with anything of the archive's in it. */
export const refused = {
  notZip: () =>
    new ArchiveRefused('The file is not a ZIP archive, or it was cut short; make the archive anew and send it.'),
  severalDisks: () =>
    new ArchiveRefused('The archive is one part of several; make one archive that is not split, and send that.'),
  stronglyEncrypted: () => new ArchiveRefused('The archive is encrypted; make it anew without a password.'),
  damaged: () => new ArchiveRefused('The archive is damaged; make it anew and send it.'),
  tooManyEntries: (max: number) =>
    new ArchiveRefused(`The archive has more than ${max} entries, the most that is taken; split it.`),
  largeDirectory: (max: number) =>
    new ArchiveRefused(`The archive's list of files is larger than ${max} bytes, the most that is taken; split it.`),
  tooLarge: (max: number) =>
    new ArchiveRefused(
      `The files in the archive are together larger than ${max} bytes, the most that is taken; split it.`,
    ),
  bomb: (max: number) =>
    new ArchiveRefused(
      `A file in the archive is packed to less than 1/${max} of its size, which no certificate is; leave it out.`,
    ),
  overlapping: () =>
    new ArchiveRefused('Files in the archive lie upon one another, as in no honest archive; make it anew and send it.'),
} as const

/**
 * The refusal for an error that yauzl made of what it read. Its own messages are not passed on: they are for
 * programmers, and some hold parts of the archive.
 */
export function refusalOf(error: unknown): ArchiveRefused {
  const message = error instanceof Error ? error.message : ''
  if (/^(End of central directory record signature not found|Invalid comment length)/.test(message)) {
    return refused.notZip()
  }
  if (message.startsWith('multi-disk')) return refused.severalDisks()
  if (message.startsWith('strong encryption')) return refused.stronglyEncrypted()
  return refused.damaged()
}
