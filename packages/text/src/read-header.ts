import type { Delimiter, Encoding } from '@muster/contracts'
import { DELIMITERS } from '@muster/contracts'
import type { Position } from '@muster/engine/ports'
import { hasInvalidBytes } from './invalid-bytes.ts'
import { lineEndFrom, lineEndLength } from './line-ends.ts'
import { parseRecords } from './parse-records.ts'
import { type Found, RecordScanner } from './record-scanner.ts'
import { byteOrderMarkLength, decoded } from './to-utf8.ts'

/** What is known of an upload when its header is checked. */
export interface HeaderSample {
  /** The sample is the whole file. */
  readonly complete: boolean
  /** As declared; the sample is in it. */
  readonly encoding: Encoding
  /** As declared, or null to find it. */
  readonly delimiter: Delimiter | null
}

export interface ReadableHeader {
  /** The names, without surrounding space. */
  readonly header: readonly string[]
  readonly delimiter: Delimiter
  /**
   * The line after the header, where reading starts. For UTF-8 the byte is the file's own, its byte order mark
   * counted; for any other encoding it is one of what `toUtf8` makes of the file.
   */
  readonly start: Position
}

/** Why a file is refused; `detail` tells the client what to do. */
export interface HeaderProblem {
  readonly problem: 'EMPTY_FILE' | 'UNREADABLE_HEADER'
  readonly detail: string
}

export type HeaderRead = ReadableHeader | HeaderProblem

/** How the header reads with one delimiter. */
interface Attempt {
  readonly delimiter: Delimiter
  readonly found: Found
  readonly cells: number
  readonly end: number
  readonly next: number
  readonly lineEnds: number
  readonly problem: string
}

/**
 * Reads the header from the start of an upload, up to its first 64 KiB, blank lines before it left out.
 * A delimiter that is not given is the one of `,` `;` `|` tab that makes the most cells of the header,
 * the first of these if several do. Nothing is thrown; whether the names are the right ones is not looked at.
 */
export function readHeader(sample: Uint8Array, options: HeaderSample): HeaderRead {
  const { complete, encoding } = options
  const text = decoded(sample, encoding)
  const { at, line } = afterBlankLines(text)
  if (at === text.length) return complete ? emptyFile('The file holds no text') : unreadable(TOO_LATE)

  const candidates = options.delimiter === null ? DELIMITERS : [options.delimiter]
  const attempt = candidates.map((delimiter) => attemptWith(delimiter, text, at, complete)).reduce(better)
  const refusal = refusalOf(attempt, text, at, encoding)
  if (refusal !== null) return refusal

  const { delimiter, end, next, lineEnds } = attempt
  if (complete && afterBlankLines(text.subarray(next)).at === text.length - next) {
    return emptyFile('The file has a header but no row')
  }
  const [names = []] = parseRecords(text, [{ start: at, end, next }], delimiter)
  const skipped = encoding === 'UTF-8' ? byteOrderMarkLength(sample) : 0
  return {
    header: names.map((name) => name.trim()),
    delimiter,
    start: { row: 0, line: line + lineEnds, byte: skipped + next },
  }
}

function afterBlankLines(text: Buffer): { at: number; line: number } {
  let at = 0
  let line = 1
  while (at < text.length && lineEndFrom(text, at, at + 1) === at) {
    at += lineEndLength(text, at, true)
    line++
  }
  return { at, line }
}

function attemptWith(delimiter: Delimiter, text: Buffer, at: number, complete: boolean): Attempt {
  const scanner = new RecordScanner(delimiter)
  const found = scanner.scan(text, at, complete)
  const { cells, end, next, lineEnds, problem } = scanner
  return { delimiter, found, cells, end, next, lineEnds, problem }
}

function better(a: Attempt, b: Attempt): Attempt {
  if ((a.found === 'record') !== (b.found === 'record')) return a.found === 'record' ? a : b
  return b.cells > a.cells ? b : a
}

const TOO_LATE =
  'The header does not end within the first 64 KiB of the file; put it on the first line, and look for a quote that is not closed'

function refusalOf(attempt: Attempt, text: Buffer, at: number, encoding: Encoding): HeaderProblem | null {
  const ended = attempt.found === 'record' || attempt.found === 'malformed'
  const header = text.subarray(at, ended ? attempt.end : text.length)
  if (header.some(isControl)) {
    return unreadable(
      `The header holds control characters, so the file is no text in ${encoding}; export it as CSV, not as a workbook, an archive or UTF-16`,
    )
  }
  if (!ended) return unreadable(TOO_LATE)
  if (hasInvalidBytes(header, encoding)) {
    return unreadable(
      `The header holds bytes that are not ${encoding}; save the file in that encoding, or declare the one it is in`,
    )
  }
  if (attempt.found === 'record') return null
  return unreadable(`The header is not a well-formed CSV record: ${attempt.problem}; correct its quotes`)
}

/** Any but tab, line feed and carriage return. */
function isControl(byte: number): boolean {
  return (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) || byte === 0x7f
}

function emptyFile(what: string): HeaderProblem {
  return { problem: 'EMPTY_FILE', detail: `${what}; upload one with a header and at least one row.` }
}

function unreadable(detail: string): HeaderProblem {
  return { problem: 'UNREADABLE_HEADER', detail: `${detail}.` }
}
