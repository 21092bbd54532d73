import { type TestRedis, testRedis } from '@muster/testkit'
import { Redis } from 'ioredis'

export interface RedisWithClient {
  readonly redis: TestRedis
  readonly client: Redis
  stop(): Promise<void>
}

/** A Redis of one's own, and a client that comes back after each of its outages. */
export async function redisWithClient(): Promise<RedisWithClient> {
  const redis = await testRedis()
  const client = new Redis(redis.url, { maxRetriesPerRequest: null, retryStrategy: () => 100 })
  client.on('error', () => {})
  return {
    redis,
    client,
    stop: async () => {
      client.disconnect()
      await redis.stop()
    },
  }
}
