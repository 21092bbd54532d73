import { ALL_SCOPES, PERMISSIONS } from '@muster/contracts'
import { describe, expect, it } from 'vitest'
import { permits } from '../../../src/dialects/entrust/permissions.ts'

const NEEDED = [
  'ISSUANCE:VIEW',
  'ISSUANCE:ADD',
  'ISSUANCE:REMOVE',
  'ENROLLMENTS:VIEW',
  'ENROLLMENTS:ADD',
  'ENROLLMENTS:EDIT',
  'ENROLLMENTS:DELETE',
] as const

describe('a permission', () => {
  it.each(NEEDED)('%s is given by itself, by ALL of its entity and by nothing of another', (needed) => {
    const [entity] = needed.split(':')
    expect(permits([needed], needed)).toBe(true)
    expect(permits([`${entity}:ALL`], needed)).toBe(true)
    expect(permits(['GRIDS:VIEW', needed], needed)).toBe(true)
    expect(permits([entity === 'ISSUANCE' ? 'ENROLLMENTS:ALL' : 'ISSUANCE:ALL'], needed)).toBe(false)
    expect(permits([needed.toLowerCase(), 'ALL', `${needed}:ALL`, ''], needed)).toBe(false)
    expect(permits([], needed)).toBe(false)
  })

  it('is not given by another action', () => {
    for (const needed of NEEDED) {
      const [entity, action] = needed.split(':')
      const others = ['VIEW', 'ADD', 'EDIT', 'REMOVE', 'DELETE']
        .filter((other) => other !== action && !(action === 'DELETE' && other === 'REMOVE'))
        .map((other) => `${entity}:${other}`)
      expect(permits(others, needed)).toBe(false)
    }
  })

  it('to delete is the one to remove by another word', () => {
    expect(permits(['ENROLLMENTS:REMOVE'], 'ENROLLMENTS:DELETE')).toBe(true)
  })

  it('is given to the first client, and to whom the native permissions are given', () => {
    for (const needed of NEEDED) {
      expect(permits(ALL_SCOPES, needed)).toBe(true)
      expect(permits(PERMISSIONS, needed)).toBe(true)
    }
  })
})
