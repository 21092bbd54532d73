import { z } from 'zod'
import { setting } from './setting.ts'
import { oneOf, port, url } from './values.ts'

/** Where things listen, and what they say of themselves. */
export const LISTENING = {
  PORT: setting(['standalone', 'api'], port().default(8080), "The API's port; `0` picks a free one."),
  DASHBOARD_PORT: setting(
    ['standalone', 'dashboard'],
    port().default(8081),
    "The dashboard's port; `0` picks a free one.",
  ),
  METRICS_PORT: setting(
    ['worker', 'dashboard'],
    port().default(9100),
    'Port of `/metrics`, `/healthz` and `/readyz` of a worker, and of `/metrics` of the dashboard; `0` picks a free one. With `npm start` each takes a free one and tells it in `run.json`.',
  ),
  HOST: setting(
    ['standalone', 'api', 'worker', 'dashboard'],
    z.string().default('127.0.0.1'),
    'The address to listen on. `0.0.0.0` is every interface.',
  ),
  PUBLIC_URL: setting(
    ['standalone', 'api', 'worker'],
    url('https:', 'http:').optional(),
    "The API's address as others see it. Links to passes lead there; without it, to where the API listens. It is the issuer (`iss`) of our access tokens; without it, that is `urn:muster`. Changing it ends the tokens that are out.",
  ),
  LOG_LEVEL: setting(
    ['standalone', 'api', 'worker', 'dashboard'],
    oneOf(['debug', 'info', 'warn', 'error']).default('info'),
    'What is logged, as JSON lines.',
  ),
} as const
