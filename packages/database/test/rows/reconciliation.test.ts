import { certificateAuthority, type EngineHarness, engineHarness, zip } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readReconciliation } from '../../src/rows/reconciliation.ts'

let harness: EngineHarness
beforeAll(async () => {
  harness = await engineHarness()
})
afterAll(() => harness.database.drop())

describe('the reconciliation of an archive', () => {
  it('counts users, and files by what their names came to, whatever chunks there are', async () => {
    const authority = await certificateAuthority({ name: 'CA' })
    const [one, two] = [await authority.issue({ subject: '/CN=one' }), await authority.issue({ subject: '/CN=two' })]
    const none = Buffer.from('no certificate')
    const files: [name: string, data: Buffer][] = [
      ['ann@example.com.cer', none],
      ['ann@example.com.crt', one.der],
      ['ANN@example.com.pem', two.der],
      ['bob@example.com.pem', none],
      ['bob@example.com.cer', none],
      ['twin@example.com.cer', two.der],
      ['nobody@example.com.cer', two.der],
      ['nothing@example.com.cer', none],
      ['readme.txt', none],
    ]
    const cards = { id: '9', name: 'Cards', factorType: 'SmartCardAuthenticator', settings: {} } as const
    const options = { factorConfigs: [cards], overwrite: false, pattern: 'Primary Email' }
    for (const chunkSize of [1, 2, 9]) {
      await harness.clear()
      await harness.run('userId,email\na,ann@example.com\nb,bob@example.com\nc,twin@example.com\nd,twin@example.com\n')
      const archive = zip(files.map(([name, data]) => ({ name, data })))
      const id = await harness.upload(archive, { type: 'SMART_CARD_ENROLLMENT', options })
      await harness.turn(id, { engine: { chunkSize } })
      const { pool } = harness.database
      const { rows } = await pool.query<{ number: string }>('select number from operations where id = $1', [id])
      expect(await readReconciliation(pool, BigInt(rows[0]?.number ?? 0))).toEqual({
        usersMatched: 2,
        withoutUser: 2,
        ambiguous: 1,
        unreadableNames: 1,
        duplicates: 1,
        enrolled: 1,
        unchanged: 0,
        certificatesRefused: 3,
      })
    }
  })
})
