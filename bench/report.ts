import type { PeakRss } from './memory.ts'

/** One operation's figures. */
export interface Phase {
  readonly rowsPerSecond: number
  /** Of the rows per second of a raw COPY in the same run. */
  readonly ratioToCopy: number
  /** Bytes. */
  readonly peakRss: PeakRss
}

/** The figures of a run, as they are written with `--json`. */
export interface Report {
  readonly rows: number
  readonly copy: { readonly rowsPerSecond: number }
  readonly import: Phase
  readonly allBad: Phase
  readonly enroll: Phase
}

/** The figures as a table in Markdown. */
export function table(report: Report, oneKey: Phase): string {
  const lines: readonly (readonly [string, string, string, string, string])[] = [
    ['', 'rows/s', 'of COPY', 'worker RSS', 'API RSS'],
    ['---', '---:', '---:', '---:', '---:'],
    ['raw `COPY`', count(report.copy.rowsPerSecond), '1.00', '', ''],
    line('import', report.import),
    line('import, every row bad', report.allBad),
    line('import, every row of one key', oneKey),
    line('quick enrollment, two factors', report.enroll),
  ]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function line(name: string, { rowsPerSecond, ratioToCopy, peakRss }: Phase): [string, string, string, string, string] {
  return [name, count(rowsPerSecond), ratioToCopy.toFixed(2), megabytes(peakRss.worker), megabytes(peakRss.api)]
}

/** For people, without a fraction. */
export function count(n: number): string {
  return Math.round(n).toLocaleString('en-US')
}

/** Bytes for people, in millions. */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000)} MB`
}
