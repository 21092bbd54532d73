import type { OverviewOperation, RowRate } from '@muster/database'
import { type Html, html } from './html.ts'

export const count = (value: number): string => value.toLocaleString('en')

/** A capped count: `10,000+` for what may be more. */
export const upTo = (value: number, most: number): string => `${count(value)}${value >= most ? '+' : ''}`

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB']

export function byteCount(bytes: number): string {
  const power = bytes < 1_024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1)
  const value = bytes / 1_024 ** power
  return `${value.toLocaleString('en', { maximumFractionDigits: power === 0 ? 0 : 1 })} ${UNITS[power]}`
}

const SPANS = [
  { seconds: 86_400, unit: 'd' },
  { seconds: 3_600, unit: 'h' },
  { seconds: 60, unit: 'min' },
] as const

/** A length of time in its largest unit and the next one: `2 h 5 min`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  const first = SPANS.findIndex((span) => seconds >= span.seconds)
  const span = SPANS[first]
  if (span === undefined) return `${seconds} s`
  const next = SPANS[first + 1] ?? { seconds: 1, unit: 's' }
  const rest = Math.floor((seconds % span.seconds) / next.seconds)
  return `${Math.floor(seconds / span.seconds)} ${span.unit}${rest === 0 ? '' : ` ${rest} ${next.unit}`}`
}

/** How long ago it was, the moment itself on pointing at it. */
export function age(at: Date, now: Date): Html {
  return html`<time datetime="${at.toISOString()}" title="${moment(at)}">${duration(now.getTime() - at.getTime())}</time>`
}

export const moment = (at: Date): string => `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`

/** Rows a second, and on pointing at it over which time; a dash while it has not begun. */
export function rowRate(rate: RowRate | null): Html {
  if (rate === null) return html`–`
  const { perSecond } = rate
  const digits = perSecond > 0 && perSecond < 10 ? 1 : 0
  const shown = perSecond.toLocaleString('en', { maximumFractionDigits: digits })
  return html`<span title="${rate.of === 'last minute' ? 'In the last minute' : 'Since it was taken up'}">${shown}</span>`
}

/** Rows done of the rows there are or, until these are counted, bytes read of the bytes there are. */
export function progress({ done, total, bytes, bytesDone, state }: OverviewOperation): Html {
  if (state === 'AWAITING_DATA') return html`<span class="quiet">no data yet</span>`
  if (total !== null) {
    return html`${bar(done, total)} ${count(done)} of ${count(total)} rows`
  }
  const rows = `${count(done)} rows`
  if (bytes === null || bytesDone === null) return html`${rows}`
  return html`${bar(bytesDone, bytes)} ${rows} <small>${percent(bytesDone, bytes)} of ${byteCount(bytes)}</small>`
}

function bar(value: number, max: number): Html {
  return html`<progress value="${value}" max="${Math.max(max, 1)}" aria-label="Progress">${percent(value, max)}</progress>`
}

// Rounded down: what is not over is not 100 %.
const percent = (value: number, max: number): string => `${max === 0 ? 100 : Math.floor((100 * value) / max)} %`
