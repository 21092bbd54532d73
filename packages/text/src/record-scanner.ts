import type { Delimiter } from '@muster/contracts'
import { CR, LF, lineEndFrom, lineEndLength } from './line-ends.ts'

/** The longest record that is read, in bytes, its line end not counted: 1 MiB. */
export const MAX_RECORD_BYTES = 1_048_576

/**
 * What a scan found.
 * `record`: a well-formed record. `malformed`: its first line, to be given up; what follows is read again.
 * `overlong`: a first line beyond the limit, whose end is not searched. `incomplete`: more bytes are needed to tell.
 */
export type Found = 'record' | 'malformed' | 'overlong' | 'incomplete'

const STRAY_QUOTE = 'a quote in the middle of a cell'
const TEXT_AFTER_QUOTE = 'text after a closing quote'
const UNCLOSED_QUOTE = 'a quote that is not closed'
const UNCLOSED_WITHIN_LIMIT = 'a quote that is not closed within 1 MiB'
export const OVERLONG = 'longer than 1 MiB'

const QUOTE = 0x22

/**
 * Finds where one record ends, by the rules of RFC 4180: a quote opens a cell at its start only, two
 * stand for one inside, and after the closing one comes a delimiter or a line end.
 *
 * It is what lets the CSV parser be given nothing but well-formed records, in one go: a parser that
 * meets a stray quote cannot tell where to go on, and asking it for every record's offset costs
 * a third of its speed. The answer depends on the bytes from `start` on alone, never on how many
 * of them are there yet, and the work on what the record covers.
 *
 * A file full of bad quotes is read in linear time all the same: a record reaches beyond its line only if
 * that line holds an odd number of quotes, and ends, well or badly, on the next such line at
 * the latest, so that no line is looked at from more than one line before it.
 *
 * One object serves all records of a reading; its fields tell about the last scan.
 */
export class RecordScanner {
  /** Where the record's text ends, its line end excluded. For `malformed`, where its first line does. */
  end = 0
  /** Where the next record starts. */
  next = 0
  /** Line ends passed from the start to `next`. */
  lineEnds = 0
  /** Cells seen. */
  cells = 0
  /** For `malformed` and `overlong`: what is wrong with it, in fixed words. */
  problem = ''
  readonly #delimiter: number

  constructor(delimiter: Delimiter) {
    this.#delimiter = delimiter.charCodeAt(0)
  }

  /** Scans the record at `start`, which is no blank line. `complete` tells that no bytes follow these. */
  scan(bytes: Uint8Array, start: number, complete: boolean): Found {
    const limit = start + MAX_RECORD_BYTES
    const last = Math.min(limit, bytes.length - 1)
    const delimiter = this.#delimiter
    this.cells = 1
    this.lineEnds = 0
    let cell = start
    let at = start
    while (at <= last) {
      const byte = bytes[at]
      if (byte === delimiter) {
        this.cells++
        cell = ++at
      } else if (byte === LF || byte === CR) {
        return this.#ended('record', bytes, at, complete)
      } else if (byte !== QUOTE) {
        at++
      } else if (at !== cell) {
        return this.#bad(STRAY_QUOTE, bytes, start, complete)
      } else {
        const closed = this.#closingQuote(bytes, at + 1, limit)
        if (closed === bytes.length || closed + 1 === bytes.length) {
          // Whether a quote there is closing or the first of two is told by the byte after it.
          if (!complete) return 'incomplete'
          if (closed === bytes.length) return this.#bad(UNCLOSED_QUOTE, bytes, start, complete)
        }
        if (closed >= limit) break
        at = closed + 1
        const after = bytes[at]
        if (after !== delimiter && after !== LF && after !== CR && after !== undefined) {
          return this.#bad(TEXT_AFTER_QUOTE, bytes, start, complete)
        }
      }
    }
    if (at <= limit && bytes.length <= limit) return complete ? this.#endOfFile('record', bytes) : 'incomplete'
    return this.#bad(UNCLOSED_WITHIN_LIMIT, bytes, start, complete)
  }

  /** The offset of the quote that closes, counting the line ends before it; `limit` or the bytes' length when none does. */
  #closingQuote(bytes: Uint8Array, from: number, limit: number): number {
    const stop = Math.min(limit, bytes.length)
    let at = from
    while (at < stop) {
      const byte = bytes[at]
      if (byte === QUOTE) {
        if (bytes[at + 1] !== QUOTE) return at
        at++
      } else if (byte === LF || (byte === CR && bytes[at + 1] !== LF)) {
        this.lineEnds++
      }
      at++
    }
    return stop
  }

  /** Gives the record's first line up; if that alone is beyond the limit, this is what is wrong, whatever else is. */
  #bad(problem: string, bytes: Uint8Array, start: number, complete: boolean): Found {
    const limit = start + MAX_RECORD_BYTES
    this.problem = problem
    this.lineEnds = 0
    const end = lineEndFrom(bytes, start, Math.min(limit + 1, bytes.length))
    if (end >= 0) return this.#ended('malformed', bytes, end, complete)
    if (bytes.length > limit) {
      this.problem = OVERLONG
      return 'overlong'
    }
    return complete ? this.#endOfFile('malformed', bytes) : 'incomplete'
  }

  #ended(found: 'record' | 'malformed', bytes: Uint8Array, at: number, complete: boolean): Found {
    const length = lineEndLength(bytes, at, complete)
    if (length === 0) return 'incomplete'
    this.end = at
    this.next = at + length
    this.lineEnds++
    return found
  }

  #endOfFile(found: 'record' | 'malformed', bytes: Uint8Array): Found {
    this.end = bytes.length
    this.next = bytes.length
    return found
  }
}
