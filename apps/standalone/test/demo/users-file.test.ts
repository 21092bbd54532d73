import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { makeUsersFile } from '../../src/demo/users-file.ts'

const ROWS = 10_000

describe("the demo's users file", () => {
  it('is the same every time', () => {
    expect(makeUsersFile(2_000).bytes.equals(makeUsersFile(2_000).bytes)).toBe(true)
  })

  it('has some 30 bad rows, three of each kind or more', () => {
    const { failures } = makeUsersFile(ROWS)
    expect(failures.size).toBeGreaterThanOrEqual(30)
    expect(failures.size).toBeLessThanOrEqual(36)
    const codes = [...failures.values()].map(({ code }) => code)
    expect(new Set(codes).size).toBe(9)
    for (const code of codes) expect(codes.filter((other) => other === code).length).toBeGreaterThanOrEqual(3)
  })

  it('is Shift_JIS with Japanese names, but for the bytes broken on purpose', () => {
    const { bytes, users, failures } = makeUsersFile(ROWS)
    const lines = iconv.decode(bytes, 'Shift_JIS').trimEnd().split('\r\n')
    expect(lines).toHaveLength(ROWS + 1)
    const broken = [...failures].filter(([, { code }]) => code === 'INVALID_BYTES').map(([row]) => row)
    expect(lines.flatMap((line, row) => (line.includes('\uFFFD') ? [row] : []))).toEqual(broken)
    expect(users.every(({ lastName }) => /^[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}々ー]+$/u.test(lastName))).toBe(true)
  })

  it('says what its users are in every row that is good', () => {
    const { bytes, users, failures } = makeUsersFile(500)
    const lines = iconv.decode(bytes, 'Shift_JIS').split('\r\n')
    for (const [index, user] of users.entries()) {
      if (!failures.has(index + 1))
        expect(lines[index + 1]).toContain(`${user.userId},${user.firstName},${user.lastName}`)
    }
  })

  it('gives no two users the same id', () => {
    expect(new Set(makeUsersFile(ROWS).users.map(({ userId }) => userId)).size).toBe(ROWS)
  })
})
