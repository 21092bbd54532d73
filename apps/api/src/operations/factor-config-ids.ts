/** What the parts or parameters named `factor_configs` say, whichever of the four forms they have. */
export interface FactorConfigIds {
  /** Each once, in the order given, without leading zeros: decimal digits. */
  readonly ids: readonly string[]
  /** What is no id, as it was written. */
  readonly refused: readonly string[]
}

const NUMERIC = /^\d{1,18}$/

/**
 * Reads the values given under `factor_configs` and `factor_configs[]`: repeated values, one JSON
 * array, or one comma-separated string. JSON numbers and numeric strings are the same id, and an id
 * given twice is one.
 */
export function parseFactorConfigIds(values: readonly string[]): FactorConfigIds {
  const written = values.flatMap(listed).filter((text) => text !== '')
  const numeric = written.filter((text) => NUMERIC.test(text))
  return {
    ids: [...new Set(numeric.map((text) => BigInt(text).toString()))],
    refused: [...new Set(written.filter((text) => !NUMERIC.test(text)))],
  }
}

function listed(value: string): readonly string[] {
  const text = value.trim()
  if (!text.startsWith('[')) return text.split(',').map((part) => part.trim())
  try {
    const parsed: unknown = JSON.parse(text)
    return Array.isArray(parsed) ? parsed.map(jsonId) : [text]
  } catch {
    return [text]
  }
}

function jsonId(element: unknown): string {
  if (typeof element === 'string') return element.trim()
  // Beyond 2^53 JSON.parse has changed the digits already: better no id than another's.
  if (typeof element === 'number' && !Number.isSafeInteger(element)) return `${element} (write it as a string)`
  return JSON.stringify(element)
}
