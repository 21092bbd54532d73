/**
 * The encodings a CSV may be declared in. The names are Java's charset names, as the ID360 dialect
 * has them; they are compared without regard to case.
 */
export const ENCODINGS = [
  'Big5',
  'EUC-JP',
  'EUC-KR',
  'GB2312',
  'ISO-2022-JP',
  'ISO-8859-1',
  'KOI8-R',
  'Shift_JIS',
  'US-ASCII',
  'UTF-8',
  'WINDOWS-1251',
  'X-WINDOWS-ISO2022JP',
] as const

export type Encoding = (typeof ENCODINGS)[number]

/** The encoding of that name, or null when there is none. */
export function parseEncoding(name: string): Encoding | null {
  const wanted = name.trim().toLowerCase()
  return ENCODINGS.find((encoding) => encoding.toLowerCase() === wanted) ?? null
}

/** What may stand between two cells. */
export const DELIMITERS = [',', ';', '|', '\t'] as const

export type Delimiter = (typeof DELIMITERS)[number]

/** The delimiter written as itself or, for the tab, as `tab` or `\t`; null when it is none of them. */
export function parseDelimiter(text: string): Delimiter | null {
  const named = /^(tab|\\t)$/i.test(text) ? '\t' : text
  return DELIMITERS.find((delimiter) => delimiter === named) ?? null
}
