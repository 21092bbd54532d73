import { describe, expect, it } from 'vitest'
import { text } from './workspace.ts'

describe('the lockfile', () => {
  it('names no registry, so that it installs from whichever one is configured', () => {
    expect(text('pnpm-lock.yaml').match(/\bhttps?:\/\/\S+|\btarball:.*/g) ?? []).toEqual([])
  })

  it('says of every package what its contents are', () => {
    const packages = /\npackages:\n([\s\S]*?)\nsnapshots:\n/.exec(text('pnpm-lock.yaml'))?.[1] ?? ''
    const resolutions = packages.match(/^ {4}resolution: .*/gm) ?? []
    expect(resolutions.length).toBeGreaterThan(100)
    expect(resolutions.filter((line) => !line.includes('{integrity: sha512-'))).toEqual([])
  })
})
