import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { watchQueues } from '@muster/queue'
import { createDashboard } from '../src/app.ts'

export const OPERATOR = { name: 'operator', password: 'correct horse battery' }

/** A dashboard that listens, and what a browser without a cookie jar does with it. */
export async function startDashboard(redisUrl: string) {
  const lines: string[] = []
  const write = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`)
  const log = { info: write, warn: write, error: write }
  const queues = watchQueues(redisUrl, log)
  const server = createServer(createDashboard({ operator: OPERATOR, queues, apiUrl: 'https://api.example/', log }))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const request = (path: string, init: RequestInit = {}) => fetch(`${url}${path}`, { redirect: 'manual', ...init })
  const signIn = (fields: Record<string, string> = {}, headers: Record<string, string> = {}) =>
    request('/sign-in', { method: 'POST', body: new URLSearchParams({ ...OPERATOR, ...fields }), headers })
  return {
    url,
    lines,
    request,
    signIn,
    /** The `Cookie` header of an operator who has signed in. */
    async cookie(): Promise<string> {
      const response = await signIn()
      return response.headers.get('set-cookie')?.split(';')[0] ?? ''
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await queues.close()
    },
  }
}

export type TestDashboard = Awaited<ReturnType<typeof startDashboard>>
