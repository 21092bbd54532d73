/** The parts of a form, in order; a file part is a pair of its name and its content. */
export type Parts = readonly (readonly [
  name: string,
  value: string | readonly [fileName: string, content: string | Uint8Array<ArrayBuffer>],
])[]

/** A multipart form with its parts in the order given. */
export function form(parts: Parts): FormData {
  const data = new FormData()
  for (const [name, value] of parts) {
    if (typeof value === 'string') data.append(name, value)
    else data.append(name, new Blob([value[1]]), value[0])
  }
  return data
}

export const USERS_CSV = 'userId,firstName,email\nalice,Alice,alice@example.com\nbob,Bob,not an address\n'
