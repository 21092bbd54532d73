import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Packages are tested from source; what runs in production is built from the same files.
  resolve: { conditions: ['muster-source'] },
  ssr: { resolve: { conditions: ['muster-source'] } },
  test: {
    include: ['{apps,packages}/*/test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/faults/**', '**/browser/**'],
    globalSetup: ['packages/testkit/src/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Test files that run one after the other share their modules: loading them anew took a third of the time.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One second, the default, is too short a wait on a busy machine.
    expect: { poll: { timeout: 30_000 } },
  },
})
