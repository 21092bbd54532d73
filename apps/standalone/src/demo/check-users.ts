import type { ApiClient } from './api-client.ts'
import { DEMO_FACTORS } from './enrollments-file.ts'
import type { ExpectedFailure } from './flaws.ts'
import type { DemoUser } from './users-file.ts'

/** Every so many users one is read back. */
const SAMPLE_EVERY = 400

/** Reads some users back over the API; a sentence for each that is not as the files say. */
export async function checkUsers(
  client: ApiClient,
  users: readonly DemoUser[],
  notImported: ReadonlyMap<number, ExpectedFailure>,
  notEnrolled: ReadonlyMap<number, ExpectedFailure>,
): Promise<{ read: number; problems: string[] }> {
  const sample = users.flatMap((user, index) => {
    const row = index + 1
    return index % SAMPLE_EVERY === 0 || isOnlyHere(notImported.get(row)) ? [{ user, row }] : []
  })
  const problems = await Promise.all(
    sample.map(async ({ user, row }) => {
      const found = await client.user(user.userId)
      if (notImported.has(row))
        return found === null ? null : `the user of row ${row}, which failed, is in the directory`
      const wanted = { ...user, factors: notEnrolled.has(row) ? [] : [...DEMO_FACTORS] }
      if (found === null) return `the user of row ${row} is not in the directory`
      const got = {
        ...user,
        firstName: found.firstName,
        lastName: found.lastName,
        department: found.attributes?.['department'],
        factors: found.factors.map(({ factorType }) => factorType),
      }
      return JSON.stringify(got) === JSON.stringify(wanted) ? null : `the user of row ${row} is not as the files say`
    }),
  )
  return { read: sample.length, problems: problems.filter((problem) => problem !== null) }
}

/** The row failed, and no other row has its `userId`. */
function isOnlyHere(failure: ExpectedFailure | undefined): boolean {
  return failure !== undefined && failure.column !== 'userId'
}
