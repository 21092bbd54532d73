import { isOperationType, OPERATION_STATES, type OperationState, type OperationType } from '@muster/contracts'
import type { Sought } from '@muster/database'

/** What the list shows, as its address tells it. */
export interface ListRequest {
  /** PAUSED stands for those that are paused, in whichever state. Null for all. */
  readonly state: OperationState | 'PAUSED' | null
  readonly type: OperationType | null
  /** A tenant's name or id, as typed; empty for all. */
  readonly tenant: string
  /** As typed; empty for no search. */
  readonly words: string
  readonly sought: Sought | null
  /** The list goes on below this number. */
  readonly before: string | null
  /** Sentences that say what of it is not understood, and what to do. */
  readonly mistakes: readonly string[]
}

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/
const SHA256 = /^[\da-f]{64}$/
const NEARLY_SHA256 = /^[\da-f]{40,}$/
const NEARLY_UUID = /^[\da-f]{8}-[\da-f-]{10,}$/
/** Numbers of operations begin there; what is shorter is looked for in names. */
const NUMBER = /^\d{13,18}$/
const LONGEST_WORDS = 200

/** @param query the request's, whatever it holds */
export function readListRequest(query: Readonly<Record<string, unknown>>): ListRequest {
  const mistakes: string[] = []
  const text = (name: string) => {
    const value = query[name]
    if (value === undefined) return ''
    if (typeof value === 'string' && value.length <= LONGEST_WORDS && !/\p{Cc}/u.test(value)) return value.trim()
    mistakes.push(`“${name}” is not text of at most ${LONGEST_WORDS} characters; it was left out.`)
    return ''
  }
  const known = <T extends string>(name: string, is: (value: string) => value is T): T | null => {
    const value = text(name)
    if (value === '') return null
    if (is(value)) return value
    mistakes.push(`There is no ${name} “${value}”; choose one of those that are offered.`)
    return null
  }
  const words = text('q')
  const before = text('before')
  if (before !== '' && !/^\d{1,18}$/.test(before)) mistakes.push('“before” is not the number of an operation.')
  return {
    state: known('state', isListState),
    type: known('type', isOperationType),
    tenant: text('tenant'),
    words,
    sought: readWords(words, mistakes),
    before: /^\d{1,18}$/.test(before) ? before : null,
    mistakes,
  }
}

function isListState(value: string): value is OperationState | 'PAUSED' {
  return value === 'PAUSED' || OPERATION_STATES.some((state) => state === value)
}

/** What somebody who types this looks for; null for nothing. */
function readWords(words: string, mistakes: string[]): Sought | null {
  if (words === '') return null
  const lower = words.toLowerCase()
  if (UUID.test(lower)) return { by: 'id', id: lower }
  if (SHA256.test(lower)) return { by: 'sha256', sha256: lower }
  if (NUMBER.test(words)) return { by: 'number', number: words }
  if (NEARLY_UUID.test(lower)) {
    mistakes.push('This looks like an id, which is 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12; check it.')
  } else if (NEARLY_SHA256.test(lower)) {
    mistakes.push(
      `This looks like a file’s SHA-256, which has 64 hexadecimal digits and not ${words.length}; check it.`,
    )
  }
  return { by: 'name', part: words }
}

/** The address of a list; what is empty or null is left out. */
export function listAddress(
  request: Partial<Pick<ListRequest, 'state' | 'type' | 'tenant' | 'words' | 'before'>>,
): string {
  const { state, type, tenant, words, before } = request
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries({ state, type, tenant, q: words, before }))
    if (value) query.set(name, value)
  return query.size === 0 ? '/operations' : `/operations?${query}`
}
