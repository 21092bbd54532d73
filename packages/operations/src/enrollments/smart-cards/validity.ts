import type { X509Certificate } from 'node:crypto'

/** When a certificate is valid: from the one moment to the other, both included (RFC 5280 §4.1.2.5). */
export interface Validity {
  readonly notBefore: Date
  readonly notAfter: Date
}

/** Null when the certificate has a time that is none. */
export function validityOf(certificate: X509Certificate): Validity | null {
  const notBefore = time(certificate.validFrom)
  const notAfter = time(certificate.validTo)
  return notBefore && notAfter && { notBefore, notAfter }
}

export function isValidAt({ notBefore, notAfter }: Validity, at: Date): boolean {
  return notBefore <= at && at <= notAfter
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const TIME =
  /^(?<month>[A-Z][a-z]{2}) {1,2}(?<day>\d{1,2}) (?<hours>\d\d):(?<minutes>\d\d):(?<seconds>\d\d)(?:\.\d*)? (?<year>\d{4}) GMT$/

/** Node 20 tells times in OpenSSL's words alone, such as `Nov  2 01:00:00 2027 GMT`; `validToDate` came later. */
function time(printed: string): Date | null {
  const parts = TIME.exec(printed)?.groups
  const month = MONTHS.indexOf(parts?.['month'] ?? '')
  if (!parts || month < 0) return null
  const number = (part: string): number => Number(parts[part])
  const date = new Date(0)
  // Date.UTC takes years below 100 for those of the twentieth century.
  date.setUTCFullYear(number('year'), month, number('day'))
  date.setUTCHours(number('hours'), number('minutes'), number('seconds'))
  return date
}
