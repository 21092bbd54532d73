import { readdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { testFolder } from '../src/test-folder.ts'

describe('testFolder', () => {
  it('is new and empty each time', async () => {
    const [one, other] = await Promise.all([testFolder(), testFolder()])
    expect(one).not.toBe(other)
    expect(await readdir(one)).toEqual([])
  })
})
