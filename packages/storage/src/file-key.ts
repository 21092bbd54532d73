/** Whether a key is slash-separated names of letters, digits, `_`, `-` and dots, and leads nowhere else. */
export function isFileKey(key: string): boolean {
  return /^[\w.-]+(\/[\w.-]+)*$/.test(key) && !key.includes('..')
}

/** The key itself. Throws a RangeError when it is none. */
export function checkedKey(key: string): string {
  if (!isFileKey(key)) throw new RangeError(`not a file key: ${key}`)
  return key
}
