import { parse } from 'content-disposition'

/** The name without control characters, which the database cannot all hold, and of bounded length; null when nothing is left. */
export function plainName(name: string): string | null {
  return name.slice(0, 255).replace(/\p{Cc}|\p{Cs}/gu, '') || null
}

/** The file name in a Content-Disposition header (RFC 6266), without folders; null when it has none. */
export function fileNameIn(contentDisposition: string | null): string | null {
  const name = contentDisposition === null ? undefined : parse(contentDisposition).parameters['filename']
  return name === undefined ? null : plainName(name.replace(/^.*[/\\]/su, ''))
}
