import { MIMEType } from 'node:util'

export interface MediaType {
  /** Like `text/csv`, in lower case. */
  readonly essence: string
  /** As it is written; null when it is not there. */
  readonly charset: string | null
}

/** What ZIP archives are called; the first is the registered one, the other that of some systems. */
export const ZIP_TYPES = ['application/zip', 'application/x-zip-compressed'] as const

export function isZip(media: MediaType | null): boolean {
  return ZIP_TYPES.some((type) => type === media?.essence)
}

/** A Content-Type header's value (RFC 9110 §8.3); null when there is none that can be read. */
export function mediaType(header: string | null): MediaType | null {
  try {
    const { essence, params } = new MIMEType(header ?? '')
    return { essence, charset: params.get('charset') }
  } catch {
    return null
  }
}
