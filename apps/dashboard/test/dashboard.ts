import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { addOperator, createPool, type OperatorRole } from '@muster/database'
import { watchQueues } from '@muster/queue'
import { createDashboard, type DashboardOptions } from '../src/app.ts'
import { hashPassword } from '../src/operators/password.ts'
import { PASSWORD, visitor } from './visitor.ts'

interface Stack {
  readonly databaseUrl: string
  readonly redisUrl: string
  /** Given the dashboard's own address. */
  readonly oidc?: (url: string) => DashboardOptions['oidc']
}

/** A dashboard that listens, with the operator `olga` and the viewer `vera`, who are there once however often it starts. */
export async function startDashboard({ databaseUrl, redisUrl, oidc }: Stack) {
  const lines: string[] = []
  const write = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`)
  const log = { info: write, warn: write, error: write }
  const pool = createPool(databaseUrl, { applicationName: 'muster-dashboard', connections: 5 })
  const queues = watchQueues(redisUrl, log)
  await makeOperator('olga', 'operator')
  await makeOperator('vera', 'viewer')
  let app: RequestListener = (_request, response) => void response.end()
  const server = createServer((request, response) => app(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  app = createDashboard({ pool, queues, nudge: () => {}, oidc: oidc?.(url) ?? null, log })

  async function makeOperator(name: string, role: OperatorRole): Promise<void> {
    await addOperator(pool, { name, passwordHash: await hashPassword(PASSWORD), role })
  }

  return {
    url,
    lines,
    pool,
    queues,
    makeOperator,
    /** A browser that nobody has signed in with. */
    visitor: () => visitor(url),
    /** A browser that this operator has signed in with. */
    async signedIn(name: string) {
      const browser = visitor(url)
      const response = await browser.signIn(name)
      if (response.status !== 303) throw new Error(`${name} could not sign in: ${response.status}`)
      return browser
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await queues.close()
      await pool.end()
    },
  }
}

export type TestDashboard = Awaited<ReturnType<typeof startDashboard>>
