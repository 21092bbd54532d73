import { describe, expect, it } from 'vitest'
import { makeEnrollmentsFile } from '../../src/demo/enrollments-file.ts'
import { makeUsersFile } from '../../src/demo/users-file.ts'

describe("the demo's enrollments file", () => {
  const usersFile = makeUsersFile(10_000)

  it('is the same every time', () => {
    expect(makeEnrollmentsFile(usersFile).bytes.equals(makeEnrollmentsFile(usersFile).bytes)).toBe(true)
  })

  it('expects every user who was not imported to be unknown', () => {
    const { failures } = makeEnrollmentsFile(usersFile)
    for (const row of usersFile.failures.keys()) {
      expect(failures.get(row)).toEqual({ code: 'USER_NOT_FOUND', column: 'Primary Email' })
    }
  })

  it('has bad rows of its own, of each kind', () => {
    const { failures } = makeEnrollmentsFile(usersFile)
    const own = [...failures].filter(([row]) => !usersFile.failures.has(row)).map(([, { code }]) => code)
    expect(new Set(own)).toEqual(new Set(['INVALID_VALUE', 'NO_FACTOR', 'DUPLICATE_KEY', 'INVALID_PHONE']))
  })

  it('has one row for each user, and four cells in each', () => {
    const lines = makeEnrollmentsFile(usersFile).bytes.toString().trimEnd().split('\n')
    expect(lines).toHaveLength(10_001)
    expect(lines.every((line) => line.split(',').length === 4)).toBe(true)
  })
})
