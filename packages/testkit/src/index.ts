export { type EngineHarness, engineHarness } from './engine-harness.ts'
export { type TestDatabase, testDatabase } from './test-database.ts'
export { testFolder } from './test-folder.ts'
export { type TestRedis, testRedis } from './test-redis.ts'
