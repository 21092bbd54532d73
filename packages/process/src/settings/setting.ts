import type { z } from 'zod'

/**
 * What reads settings. `standalone` is `npm start`, which hands on to the processes that it starts what is theirs;
 * `operators` is the command line for those who sign in to the dashboard.
 */
export const APPS = ['standalone', 'api', 'worker', 'dashboard', 'operators'] as const

export type App = (typeof APPS)[number]

/** An environment variable, declared once for all that read it. */
export interface Setting<S extends z.ZodType = z.ZodType, A extends App = App> {
  /** Reads its text. */
  readonly schema: S
  readonly readBy: readonly A[]
  /** Sentences in Markdown: what it does and what to give. */
  readonly meaning: string
  /** What `npm start` takes where nothing is given; absent when that is the schema's default, or nothing. */
  readonly standsFor?: string
  /** It may also be given as the path of a file that holds it, by its name and `_FILE`; errors never show it. */
  readonly isSecret?: true
}

type Details = Pick<Setting, 'standsFor' | 'isSecret'>

export function setting<S extends z.ZodType, const A extends App>(
  readBy: readonly A[],
  schema: S,
  meaning: string,
  details: Details = {},
): Setting<S, A> {
  return { schema, readBy, meaning, ...details }
}
