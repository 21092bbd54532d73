import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Pool } from '@muster/database'
import express from 'express'
import { operationsPages } from '../../src/operations/operations-pages.ts'
import { keepSignedIn, type Role } from '../../src/signed-in.ts'

/** The pages alone, for somebody who has signed in. */
export async function startOperationsApp(pool: Pool) {
  let role: Role = 'operator'
  let nudges = 0
  const app = express()
  app.use((_request, response, next) => {
    keepSignedIn(response, { name: 'Grace <ops>', role, csrf: 'token"of"hers' })
    next()
  })
  app.use('/operations', operationsPages({ pool, nudge: () => nudges++ }))
  const server = createServer(app)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const request = (path: string, init: RequestInit = {}) => fetch(`${url}${path}`, { redirect: 'manual', ...init })
  return {
    request,
    /** The page at a path, which answers 200. */
    async page(path: string): Promise<string> {
      const response = await request(path)
      if (response.status !== 200) throw new Error(`${path} answered ${response.status}`)
      return response.text()
    },
    post: (path: string) => request(path, { method: 'POST', body: new URLSearchParams({ _csrf: 'token"of"hers' }) }),
    as(other: Role): void {
      role = other
    },
    nudges: () => nudges,
    async close(): Promise<void> {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export type OperationsApp = Awaited<ReturnType<typeof startOperationsApp>>
