import { readReconciliation } from '@muster/database'
import { OPERATIONS } from '@muster/operations'
import { z } from 'zod'
import { Refusal } from '../../../refusal.ts'
import type { Endpoint } from '../../endpoint.ts'
import { json } from '../../route.ts'
import { operationOf } from './operation-of.ts'

const count = z.int().min(0)

const RECONCILIATION = z
  .object({
    entries: count.nullable().describe('Files in the archive, each a row; null until they are counted.'),
    usersMatched: count.describe('Users, each once, whom the name of a file tells, whatever became of the file.'),
    withoutUser: count.describe('Files whose name tells nobody in the directory (`USER_NOT_FOUND`).'),
    ambiguous: count.describe('Files whose name tells several users (`USER_AMBIGUOUS`).'),
    unreadableNames: count.describe('Files whose name is not of the pattern (`INVALID_FILE_NAME`).'),
    duplicates: count.describe('Files for a user for whom an earlier file was applied (`DUPLICATE_KEY`).'),
    enrolled: count.describe('Files that enrolled their user.'),
    unchanged: count.describe('Files whose user was enrolled already, and stayed so.'),
    certificatesRefused: count.describe(
      'Files whose name tells one user, and that failed for what is in them: no certificate, expired, of somebody else, damaged.',
    ),
  })
  .meta({ id: 'Reconciliation' })

/** `GET /v1/operations/{id}/reconciliation`: how the files of an archive and the users of the directory came together. */
export const getReconciliation: Endpoint = {
  summary: 'Read how the files of a ZIP and the users came together',
  details:
    'While the operation runs, so far. Every file that is done is in one of `withoutUser`, `ambiguous`, ' +
    '`unreadableNames`, `duplicates`, `certificatesRefused`, `enrolled` and `unchanged`.',
  answers: {
    200: { description: 'The counts.', content: { 'application/json': RECONCILIATION } },
  },
  async handler(services, request) {
    const { number, type, total } = await operationOf(services, request)
    if (OPERATIONS[type].content === null) {
      throw new Refusal(
        'not-found',
        `There is a reconciliation only where the data is a ZIP, and that of ${type} is a CSV.`,
      )
    }
    const counts = await readReconciliation(services.pool, number)
    return json(200, { entries: total, ...counts }, { 'Cache-Control': 'no-store' })
  },
}
