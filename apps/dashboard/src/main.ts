import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onStop, run, tellReady } from '@muster/process'
import { watchQueues } from '@muster/queue'
import { createLogger } from '@muster/telemetry'
import { createDashboard } from './app.ts'
import { readConfig } from './config.ts'

run(async () => {
  const config = readConfig()
  const log = createLogger({ service: 'dashboard', level: config.LOG_LEVEL })
  const queues = watchQueues(config.REDIS_URL, log)
  const operator = { name: config.OPERATOR_NAME, password: config.OPERATOR_PASSWORD }
  const server = createServer(createDashboard({ operator, queues, apiUrl: config.API_URL, log }))
  server.listen(config.DASHBOARD_PORT, config.HOST)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = `http://${config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST}:${port}`
  log.info({ url }, 'dashboard started')
  tellReady(url)

  onStop(async (why) => {
    log.info({ why }, 'dashboard stopping')
    const closed = once(server, 'close')
    server.close()
    server.closeIdleConnections()
    // Requests end in a moment; a browser's open connection does not.
    setTimeout(() => server.closeAllConnections(), 2_000).unref()
    await closed
    await queues.close()
  })
})
