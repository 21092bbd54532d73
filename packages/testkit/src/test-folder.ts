import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { inject } from 'vitest'

/** The path of a new, empty folder. It goes when the run ends; a test that fills it with much removes it earlier. */
export function testFolder(): Promise<string> {
  return mkdtemp(join(inject('runFolder'), 'folder-'))
}
