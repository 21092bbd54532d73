import { describe, expect, it } from 'vitest'
import { grants, scopesFor } from '../../../src/dialects/id360/scopes.ts'

const CREATE = 'id360.quick_enrollment.CREATE'
const READ = 'id360.quick_enrollment.READ'

describe('scopes', () => {
  it('are compared without regard to case', () => {
    expect(grants(['ID360.Quick_Enrollment.create'], CREATE)).toBe(true)
  })

  it('give every verb with ALL, and CREATE with WRITE', () => {
    expect(grants(['id360.quick_enrollment.ALL'], CREATE)).toBe(true)
    expect(grants(['id360.quick_enrollment.ALL'], READ)).toBe(true)
    expect(grants(['id360.quick_enrollment.WRITE'], CREATE)).toBe(true)
  })

  it('give nothing else', () => {
    expect(grants([], READ)).toBe(false)
    expect(grants(['id360.quick_enrollment.WRITE', 'id360.quick_enrollment.CREATE'], READ)).toBe(false)
    expect(grants(['id360.quick_enrollment.READ', 'id360.job.ALL'], CREATE)).toBe(false)
    expect(grants(['id360.quick_enrollment.ALL'], 'id360.job.READ')).toBe(false)
    expect(grants(['xid360.quick_enrollment.ALL', 'ALL', ''], CREATE)).toBe(false)
  })

  it('that would do are told', () => {
    expect(scopesFor(CREATE)).toEqual([
      'id360.quick_enrollment.all',
      'id360.quick_enrollment.write',
      'id360.quick_enrollment.create',
    ])
  })
})
