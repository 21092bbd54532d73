import { randomUUID } from 'node:crypto'
import { insertOperation } from '@muster/database'
import type { FileStore } from '@muster/engine'
import { diskFileStore } from '@muster/storage'
import { type TestDatabase, testDatabase, testFolder } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sweepUploads } from '../../src/upload/sweep-uploads.ts'

let database: TestDatabase
let files: FileStore
beforeAll(async () => {
  database = await testDatabase()
  files = diskFileStore(await testFolder())
})
afterAll(() => database.drop())

async function* bytes() {
  yield new TextEncoder().encode('userId\n1\n')
}

async function stored(): Promise<readonly string[]> {
  const names: string[] = []
  for await (const { name } of files.folders('operations')) names.push(name)
  return names.sort()
}

async function upload(): Promise<string> {
  const id = randomUUID()
  await files.write(`operations/${id}/source`, bytes())
  return id
}

describe('the sweep', () => {
  it('removes old uploads without an operation, and nothing else', async () => {
    const [orphan, kept] = [await upload(), await upload()]
    await insertOperation(database.pool, {
      id: kept,
      tenantId: database.tenantId,
      type: 'IMPORT_USERS',
      name: 'x',
      options: null,
      createdBy: 'test',
      source: {
        kind: 'csv',
        key: `operations/${kept}/source`,
        fileName: 'x.csv',
        bytes: 9,
        sha256: '',
        encoding: 'UTF-8',
        delimiter: ',',
        header: ['userId'],
        start: { row: 0, line: 2, byte: 7 },
      },
    })
    await files.write('operations/not-an-upload/source', bytes())
    expect(await sweepUploads(database.pool, files, new Date(Date.now() - 60_000))).toBe(0)
    expect(await stored()).toHaveLength(3)
    expect(await sweepUploads(database.pool, files, new Date(Date.now() + 60_000))).toBe(1)
    expect(await stored()).toEqual([kept, 'not-an-upload'].sort())
    expect(await stored()).not.toContain(orphan)
  })
})
