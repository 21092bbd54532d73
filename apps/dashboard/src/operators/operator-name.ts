const MOST_CHARACTERS = 200

/** The name as it is stored; null for what is no name: empty, longer than 200 characters, or with control characters. */
export function operatorName(given: string): string | null {
  const name = given.normalize('NFC').trim()
  if (name === '' || name.length > MOST_CHARACTERS || /\p{Cc}/u.test(name)) return null
  return name
}
