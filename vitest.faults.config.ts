import { defineConfig } from 'vitest/config'

/**
 * The fault tests: whole stacks, as built, whose processes are killed. They run one at a time, since
 * they time things, and start servers of their own.
 */
export default defineConfig({
  resolve: { conditions: ['muster-source'] },
  ssr: { resolve: { conditions: ['muster-source'] } },
  test: {
    include: ['apps/*/test/faults/**/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 240_000,
    // Stopping a stack takes up to 15 s.
    teardownTimeout: 30_000,
  },
})
