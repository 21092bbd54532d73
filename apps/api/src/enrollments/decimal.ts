const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,2}))?$/i

/** Digits that a number may have before its point, and as many after it. */
export const MOST_DIGITS = 30

/**
 * A decimal number in its one spelling, without a sign or zeros that say nothing: `+07.50` and `75e-1` are `7.5`.
 * Null for what is no number, or has more than 30 digits before or after its point.
 */
export function readDecimal(text: string): string | null {
  const match = DECIMAL.exec(text)
  if (match === null) return null
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  if (whole === '' && fraction === '') return null
  const shift = Number(exponent)
  const padded = `${'0'.repeat(Math.max(0, -shift))}${whole}${fraction}${'0'.repeat(Math.max(0, shift))}`
  const point = Math.max(0, -shift) + whole.length + shift
  const before = padded.slice(0, point).replace(/^0+/, '')
  const after = padded.slice(point).replace(/0+$/, '')
  if (before.length > MOST_DIGITS || after.length > MOST_DIGITS) return null
  if (before === '' && after === '') return '0'
  return `${sign === '-' ? '-' : ''}${before || '0'}${after && `.${after}`}`
}
