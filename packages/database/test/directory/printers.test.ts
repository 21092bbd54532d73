import {
  createPrinter,
  deletePrinter,
  findPrinter,
  findPrinterByName,
  listPrinters,
  updatePrinter,
} from '@muster/database'
import { type TestDatabase, testDatabase } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

const pdf = (name: string) => ({ name, kind: 'pdf', address: null }) as const

describe('printers', () => {
  it('are made, found by id and by name, changed and removed, each within its tenant', async () => {
    const { pool, tenantId } = database
    const made = await createPrinter(pool, tenantId, pdf('Front desk'))
    if (made === null) throw new Error('taken')
    expect(await createPrinter(pool, tenantId, pdf('Front desk'))).toBeNull()
    expect(await findPrinter(pool, tenantId, made.id)).toEqual(made)
    expect(await findPrinterByName(pool, tenantId, 'Front desk')).toEqual(made)
    expect(await findPrinterByName(pool, tenantId, 'front desk')).toBeNull()
    const other = tenantId + 1
    expect(await findPrinter(pool, other, made.id)).toBeNull()
    expect(await findPrinterByName(pool, other, 'Front desk')).toBeNull()
    expect(await updatePrinter(pool, other, made.id, pdf('Mine'))).toBeNull()
    expect(await deletePrinter(pool, other, made.id)).toBe(false)

    await createPrinter(pool, tenantId, pdf('Back door'))
    expect(await updatePrinter(pool, tenantId, made.id, pdf('Back door'))).toBe('taken')
    expect(await updatePrinter(pool, tenantId, made.id, pdf('Reception'))).toEqual({ ...made, name: 'Reception' })
    expect(await deletePrinter(pool, tenantId, made.id)).toBe(true)
    expect(await findPrinter(pool, tenantId, made.id)).toBeNull()
  })

  it('are listed by name, from one on', async () => {
    const { pool, tenantId } = database
    for (const name of ['L3', 'L1', 'L2']) await createPrinter(pool, tenantId, pdf(name))
    const listed = await listPrinters(pool, tenantId, { after: 'L1', limit: 2 })
    expect(listed.map(({ name }) => name)).toEqual(['L2', 'L3'])
  })
})
