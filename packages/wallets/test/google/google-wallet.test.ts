import type { KeyObject } from 'node:crypto'
import type { EnrolledField, Pass } from '@muster/engine/ports'
import fc from 'fast-check'
import { jwtVerify } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { type GoogleCredentials, googleWallet } from '../../src/index.ts'
import { FIELDS, SERIAL, somePass } from '../some-pass.ts'
import { ACCOUNT, googleAccount, ISSUER } from './key-file.ts'

let account: { credentials: GoogleCredentials; publicKey: KeyObject }

beforeAll(async () => {
  account = await googleAccount()
})

interface SavedPass {
  readonly claims: Record<string, unknown>
  readonly object: Record<string, unknown>
  readonly classes: readonly unknown[]
  readonly token: string
}

async function saved(pass: Pass): Promise<SavedPass> {
  const url = await googleWallet(account.credentials).saveUrl(pass)
  const [, token = ''] = /^https:\/\/pay\.google\.com\/gp\/v\/save\/([\w.-]+)$/.exec(url) ?? []
  const { payload, protectedHeader } = await jwtVerify(token, account.publicKey, { audience: 'google' })
  expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT' })
  const { genericObjects, genericClasses } = Object(payload['payload'])
  expect(genericObjects).toHaveLength(1)
  return { claims: payload, object: genericObjects[0], classes: genericClasses, token }
}

describe('a save link for Google Wallet', () => {
  it('is signed by the service account, and holds the whole pass', async () => {
    const { claims, object, classes } = await saved(somePass())
    expect(claims).toMatchObject({ iss: ACCOUNT, aud: 'google', typ: 'savetowallet', origins: [] })
    expect(Math.abs(Number(claims['iat']) - Date.now() / 1000)).toBeLessThan(60)
    expect(classes).toEqual([{ id: object['classId'] }])
    expect(object).toEqual({
      id: `${ISSUER}.${SERIAL}`,
      classId: `${ISSUER}.muster-generic`,
      state: 'ACTIVE',
      cardTitle: { defaultValue: { language: 'en', value: 'Acme' } },
      header: { defaultValue: { language: 'en', value: 'Employee Badge' } },
      barcode: { type: 'CODE_128', value: 'E-00042', alternateText: 'E-00042' },
      textModulesData: [
        { id: 'f0', header: 'FirstName', body: 'Zoë' },
        { id: 'f1', header: 'LastName', body: 'Ångström' },
        { id: 'f2', header: 'AccessLevel', body: '3' },
        { id: 'f3', header: 'ExpiryDate', body: '2030-12-31' },
      ],
    })
  })

  it('of a void pass is of an expired one', async () => {
    expect((await saved(somePass(FIELDS, true))).object).toMatchObject({ state: 'EXPIRED' })
  })

  it('cuts long values before it leaves out fields, and keeps the barcode', async () => {
    const fields: readonly EnrolledField[] = [
      ...Array.from({ length: 6 }, (_, n) => ({ name: `F${n}`, type: 'text', value: 'long '.repeat(60) }) as const),
      { name: 'No', type: 'barcode', value: 'E-1' },
    ]
    const { object, token } = await saved(somePass(fields))
    expect(token.length).toBeLessThanOrEqual(1_800)
    expect(object).toMatchObject({ barcode: { value: 'E-1' } })
    expect(object['textModulesData']).toHaveLength(6)
    expect(JSON.stringify(object['textModulesData'])).toContain('…')
  })

  it('is never longer than browsers take', async () => {
    const field = fc.record({
      name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 }),
      type: fc.constantFrom('text', 'number', 'date', 'barcode', 'image'),
      value: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1_024 }),
    })
    const title = fc.string({ unit: 'grapheme', maxLength: 200 })
    await fc.assert(
      fc.asyncProperty(fc.array(field, { maxLength: 60 }), title, title, async (fields, organization, design) => {
        const { token } = await saved({ serial: SERIAL, enrollment: { organization, design, fields }, voided: false })
        expect(token.length).toBeLessThanOrEqual(1_800)
      }),
      { numRuns: 60 },
    )
  })
})
