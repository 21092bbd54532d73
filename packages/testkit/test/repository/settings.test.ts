import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exampleFile, withTables } from './settings-described.ts'
import { ROOT, text } from './workspace.ts'

// Both files are written anew by: npm test -- packages/testkit/test/repository/settings.test.ts --update
describe('the settings', () => {
  it('are described in docs/configuration.md as they are declared', async () => {
    await expect(withTables(text('docs/configuration.md'))).toMatchFileSnapshot(join(ROOT, 'docs/configuration.md'))
  })

  it('stand in .env.example as they are declared', async () => {
    await expect(exampleFile()).toMatchFileSnapshot(join(ROOT, '.env.example'))
  })
})
