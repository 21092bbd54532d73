import { z } from 'zod'

const MOST_HOPPERS = 99
const A_HOPPER = `expected a whole number from 1 to ${MOST_HOPPERS}`
const LONGEST_MESSAGE = 200

/** A hopper of a printer. */
export const HOPPER = z.int(A_HOPPER).min(1, A_HOPPER).max(MOST_HOPPERS, A_HOPPER)

/** Where nothing is said of it. */
export const FIRST_HOPPER = 1

/** What a printer shows for the slot of cards that failed. PostgreSQL's JSON stores no NUL, and no half of a surrogate pair. */
export const EXCEPTION_MESSAGE = z
  .string('expected text')
  .max(LONGEST_MESSAGE, `expected at most ${LONGEST_MESSAGE} characters`)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'expected no control characters')
