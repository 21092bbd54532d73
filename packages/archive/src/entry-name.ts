import { isUtf8 } from 'node:buffer'
import { type Entry, getFileNameLowLevel } from 'yauzl'
import { isMadeOnUnix } from './entry-mistake.ts'

const UTF8_FLAG = 0x800

/**
 * More marks on one letter than any language has (UAX #15, Stream-Safe Text Format). Sorting them takes the square of
 * their number: one name of 64 KiB that is made of them took 0.9 s, and a directory can have thousands.
 */
const TOO_MANY_MARKS = /\p{M}{31}/u

/**
 * An entry's name with its folders, separated by `/`, in NFC: the Info-ZIP Unicode path if it is there and of this
 * name, else UTF-8 if the entry says so, or was made on Unix and could be (macOS and Info-ZIP do not always say so), else
 * CP437. A name with more than 30 combining marks in a row stays as it is.
 * One that goes up or is absolute is a name like others: no file is ever written to it.
 */
export function entryName(entry: Entry): string {
  const isUtf8Unsaid = isMadeOnUnix(entry) && isUtf8(entry.fileNameRaw)
  const flags = isUtf8Unsaid ? entry.generalPurposeBitFlag | UTF8_FLAG : entry.generalPurposeBitFlag
  const name = getFileNameLowLevel(flags, entry.fileNameRaw, entry.extraFields, false)
  return TOO_MANY_MARKS.test(name) ? name : name.normalize('NFC')
}

/** Whether an entry of this name is a row: folders, dot files and what macOS puts beside files are none. */
export function isRowName(name: string): boolean {
  if (name.endsWith('/')) return false
  const parts = name.split('/')
  return !parts.at(-1)?.startsWith('.') && !parts.includes('__MACOSX')
}
