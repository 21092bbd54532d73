import { z } from 'zod'
import { parametersRefused } from '../../refusal.ts'
import { shownName } from './request-body.ts'

/**
 * The query's parameters as the schema reads them, each given once. Throws a Refusal that tells
 * everything wrong with them, a parameter that the schema does not have included.
 */
export function readQuery<S extends z.ZodObject>(schema: S, query: URLSearchParams): z.infer<S> {
  const names = [...new Set(query.keys())]
  const repeated = names.filter((each) => query.getAll(each).length > 1).map((each) => `${each}: give it once.`)
  const result = z.strictObject(schema.shape).safeParse(Object.fromEntries(query))
  const mistakes = result.success
    ? []
    : result.error.issues.flatMap((issue) => mistakesOf(issue, Object.keys(schema.shape)))
  const refused = parametersRefused([...repeated, ...mistakes])
  if (refused !== null) throw refused
  return schema.parse(Object.fromEntries(query)) as z.infer<S>
}

function mistakesOf(issue: z.core.$ZodIssue, known: readonly string[]): readonly string[] {
  if (issue.code !== 'unrecognized_keys') return [`${issue.path.join('.')}: ${issue.message}.`]
  const shown = issue.keys.map(shownName).join(', ')
  return [`${shown}: no such parameter; there ${known.length === 0 ? 'are none' : `is ${known.join(', ')}`}.`]
}
