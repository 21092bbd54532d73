import { randomBytes } from 'node:crypto'
import { certificateAuthority } from '@muster/testkit'
import fc from 'fast-check'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { type AppleCredentials, appleWallet, readWalletCredentials } from '../../src/index.ts'
import { FIELDS, PHOTO, SERIAL, somePass } from '../some-pass.ts'
import { applePassFiles, PASS_TYPE, TEAM } from './apple-files.ts'
import { openPass } from './opened-pass.ts'

const SERVICE = 'https://muster.example/wallet/apple-passes'

let files: Awaited<ReturnType<typeof applePassFiles>>
let credentials: AppleCredentials

beforeAll(async () => {
  files = await applePassFiles()
  const read = readWalletCredentials(files.settings)
  if (read.apple === null) throw new Error(JSON.stringify(read.mistakes))
  credentials = read.apple
})

const secret = randomBytes(32)
const wallet = (secrets: readonly Uint8Array[] = [secret], webServiceUrl: string | null = SERVICE) =>
  appleWallet({ credentials, secrets, webServiceUrl })

describe('a pass for Apple Wallet', () => {
  it('is signed: the manifest has the hash of every file, and openssl verifies its signature', async () => {
    const opened = await openPass(await wallet().pkpass(somePass()))
    expect(opened.manifest).toEqual(opened.hashes)
    expect(Object.keys(opened.manifest)).toEqual(expect.arrayContaining(['pass.json', 'icon.png', 'icon@2x.png']))
    await opened.verify(files.authority.pem)
    const stranger = await certificateAuthority({ name: 'WWDR of the tests', key: 'rsa:2048' })
    await expect(opened.verify(stranger.pem)).rejects.toThrow(/[Vv]erif/)
  })

  it('says whose it is, and where its device asks for news', async () => {
    const { json } = await openPass(await wallet().pkpass(somePass()))
    expect(json).toMatchObject({
      formatVersion: 1,
      passTypeIdentifier: PASS_TYPE,
      teamIdentifier: TEAM,
      serialNumber: SERIAL,
      organizationName: 'Acme',
      description: 'Employee Badge',
      webServiceURL: SERVICE,
    })
    expect(json).not.toHaveProperty('voided')
    expect(wallet().isAuthenticationToken(SERIAL, String(json['authenticationToken']))).toBe(true)
  })

  it('names no web service where there is none that devices may ask', async () => {
    const { json } = await openPass(await wallet([secret], null).pkpass(somePass()))
    expect(json).not.toHaveProperty('webServiceURL')
    expect(json).not.toHaveProperty('authenticationToken')
  })

  it('shows every field, its barcode and its photo', async () => {
    const { json, files } = await openPass(await wallet().pkpass(somePass()))
    expect(json['generic']).toMatchObject({
      primaryFields: [{ label: 'FirstName', value: 'Zoë' }],
      secondaryFields: [
        { label: 'LastName', value: 'Ångström' },
        { label: 'AccessLevel', value: 3 },
      ],
      auxiliaryFields: [{ label: 'ExpiryDate', value: '2030-12-31T00:00:00Z', ignoresTimeZone: true }],
    })
    expect(json['barcodes']).toEqual([
      {
        format: 'PKBarcodeFormatCode128',
        message: 'E-00042',
        messageEncoding: 'iso-8859-1',
        altText: 'E-00042',
      },
      { format: 'PKBarcodeFormatQR', message: 'E-00042', messageEncoding: 'iso-8859-1', altText: 'E-00042' },
    ])
    expect(files.get('thumbnail.png')).toEqual(PHOTO)
  })

  it('loses no field, however many there are', async () => {
    const fields = Array.from({ length: 40 }, (_, n) => ({ name: `F${n}`, type: 'text', value: `v ${n}` }) as const)
    const { json } = await openPass(await wallet().pkpass(somePass(fields)))
    const shown = JSON.stringify(json['generic'])
    for (const { name, value } of fields) expect(shown).toContain(`"label":"${name}","value":"${value}"`)
    expect(json).not.toHaveProperty('barcodes')
  })

  it('leaves out a photo that is no PNG, or larger than a thumbnail', async () => {
    const images = ['data:image/jpeg;base64,/9j/', `data:image/png;base64,${randomBytes(300_000).toString('base64')}`]
    for (const value of images) {
      const { files } = await openPass(await wallet().pkpass(somePass([{ name: 'Photo', type: 'image', value }])))
      expect([...files.keys()]).not.toContain('thumbnail.png')
    }
  })

  it('has a QR code alone where the value has characters that Code 128 has not', async () => {
    const { json } = await openPass(await wallet().pkpass(somePass([{ name: 'No', type: 'barcode', value: 'Ü1' }])))
    expect(json['barcodes']).toMatchObject([{ format: 'PKBarcodeFormatQR', message: 'Ü1', messageEncoding: 'utf-8' }])
  })

  it('says that it is void', async () => {
    const { json } = await openPass(await wallet().pkpass(somePass(FIELDS, true)))
    expect(json).toMatchObject({ voided: true })
  })

  it('is made of whatever people enter, and none of it is printed', async () => {
    const print = (['log', 'warn', 'error', 'info'] as const).map((name) => vi.spyOn(console, name))
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
    const field = fc.record({
      name: text,
      type: fc.constantFrom('text', 'number', 'date', 'barcode', 'image'),
      value: fc.oneof(text, fc.constantFrom('1e400', '2030-02-30', '007', '-0', 'NaN', 'field1')),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(field, { maxLength: 20 }), text, text, async (fields, organization, design) => {
        const enrollment = { organization, design, fields }
        const pkpass = await wallet().pkpass({ serial: SERIAL, enrollment, voided: false })
        expect(pkpass.length).toBeGreaterThan(1_000)
      }),
      { numRuns: 30 },
    )
    for (const printing of print) expect(printing).not.toHaveBeenCalled()
  })

  it('that cannot be made is no reason to tell why in words that are not ours', async () => {
    const broken = appleWallet({ credentials: { ...credentials, key: 'Jane' }, secrets: [secret], webServiceUrl: null })
    await expect(broken.pkpass(somePass())).rejects.toThrow(/^a pass for Apple Wallet could not be made$/)
  })
})

describe('an authentication token', () => {
  const tokenOf = async (made: ReturnType<typeof wallet>) =>
    String((await openPass(await made.pkpass(somePass()))).json['authenticationToken'])

  it('is good for its own pass alone', async () => {
    const token = await tokenOf(wallet())
    expect(wallet().isAuthenticationToken('1f8fad5b-d9cb-469f-a165-70867728950e', token)).toBe(false)
    for (const wrong of ['', token.slice(1), `${token}x`]) {
      expect(wallet().isAuthenticationToken(SERIAL, wrong)).toBe(false)
    }
    expect(wallet([randomBytes(32)]).isAuthenticationToken(SERIAL, token)).toBe(false)
  })

  it('stays good while its secret is replaced', async () => {
    const token = await tokenOf(wallet())
    const rotated = wallet([randomBytes(32), secret])
    expect(rotated.isAuthenticationToken(SERIAL, token)).toBe(true)
    expect(await tokenOf(rotated)).not.toBe(token)
  })
})
