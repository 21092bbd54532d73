import { defineConfig } from 'vitest/config'

/** The browser tests: a whole stack, as built, and what a person sees of it in Chromium. */
export default defineConfig({
  test: {
    include: ['apps/*/test/browser/**/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Stopping a stack takes up to 15 s.
    teardownTimeout: 30_000,
    expect: { poll: { timeout: 30_000 } },
  },
})
