import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readEnvironment } from '../../src/settings/environment.ts'

describe('readEnvironment', () => {
  let folder: string
  const file = async (name: string, text: string) => {
    await writeFile(join(folder, name), text)
    return join(folder, name)
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-settings-'))
  })

  afterAll(() => rm(folder, { recursive: true }))

  it('leaves out what is empty', () => {
    expect(readEnvironment({ PORT: '1', HOST: '', LANES: undefined })).toEqual({ given: { PORT: '1' }, mistakes: [] })
  })

  it("takes a secret from its file, without the line's end", async () => {
    const { given, mistakes } = readEnvironment({
      OPERATOR_PASSWORD_FILE: await file('password', ' correct horse\n'),
      SECRETS_KEY_FILE: await file('key', 'abc='),
    })
    expect(given).toMatchObject({ OPERATOR_PASSWORD: ' correct horse', SECRETS_KEY: 'abc=' })
    expect(mistakes).toEqual([])
  })

  it('takes an empty file as not given', async () => {
    expect(readEnvironment({ SMTP_URL_FILE: await file('empty', '\n') }).given['SMTP_URL']).toBeUndefined()
  })

  it('tells a file that cannot be read, and a secret that is given twice', async () => {
    const path = await file('twice', 'smtp://u:hunter2@mail')
    const { mistakes } = readEnvironment({
      DATABASE_URL_FILE: join(folder, 'nowhere'),
      SMTP_URL_FILE: path,
      SMTP_URL: 'smtp://u:hunter2@mail',
    })
    expect(mistakes).toEqual([
      { setting: 'DATABASE_URL_FILE', problem: 'expected the path of a file that can be read (ENOENT)' },
      { setting: 'SMTP_URL_FILE', problem: 'expected one of SMTP_URL and SMTP_URL_FILE, got both' },
    ])
  })

  it('reads no file for what is no secret', async () => {
    const { given } = readEnvironment({ HOST_FILE: await file('host', '0.0.0.0') })
    expect(given['HOST']).toBeUndefined()
  })
})
