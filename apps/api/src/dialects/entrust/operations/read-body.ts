import { z } from 'zod'
import { Refusal } from '../../../refusal.ts'
import type { ApiRequest } from '../../route.ts'

/** Bytes of the body of a request that creates an operation. */
const MAX_BYTES = 200 * 1024

/** Entries of an array that are named; it may have tens of thousands. */
const NAMED_AT_MOST = 10

/** What becomes the rows of an operation. What an entry says is for the row to be judged by. */
export const IDS = z.array(z.string('expected text'), 'expected an array of text').min(1, 'expected at least one entry')

/** The body of a request that creates an operation. Throws a Refusal that tells everything wrong with it. */
export async function readBody<S extends z.ZodObject>(schema: S, request: ApiRequest): Promise<z.infer<S>> {
  const result = schema.safeParse(await request.json(MAX_BYTES))
  if (result.success) return result.data
  const places = new Map<string, { readonly target: string; readonly at: number[] }>()
  for (const { path, message } of result.error.issues) {
    const target = path.filter((step) => typeof step === 'string').join('.')
    const key = `${target}: ${message}`
    const place = places.get(key) ?? { target, at: [] }
    places.set(key, place)
    const last = path.at(-1)
    if (typeof last === 'number') place.at.push(last)
  }
  const [first] = places.values()
  const sentences = [...places].map(([key, { at }]) =>
    at.length === 0 ? `${key}.` : `${key}, but not at ${listed(at)}.`,
  )
  const target = first?.target ?? ''
  throw new Refusal('invalid-parameter', sentences.map((each) => each.replace(/^: /, 'The body: ')).join(' '), {
    members: target === '' ? {} : { target },
  })
}

function listed(places: readonly number[]): string {
  const named = places.slice(0, NAMED_AT_MOST).join(', ')
  const more = places.length - NAMED_AT_MOST
  return more > 0 ? `${named} and ${more} more places` : named
}
