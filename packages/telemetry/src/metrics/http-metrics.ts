import type { Instruments } from './registry.ts'

export interface HttpRequest {
  readonly method: string
  /** The route's pattern, such as `/v1/operations/:id`, never a path; null when no route matched. */
  readonly route: string | null
  readonly status: number
  readonly seconds: number
}

export interface HttpMetrics {
  httpRequest(request: HttpRequest): void
}

const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

export function httpMetrics(instruments: Instruments): HttpMetrics {
  const duration = instruments.histogram(
    'muster_http_request_duration_seconds',
    'HTTP requests, from the first byte received to the last one sent',
    // Uploads are requests too, and take minutes.
    {
      labels: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 300, 1_800],
    },
  )
  return {
    httpRequest({ method, route, status, seconds }) {
      const known = METHODS.includes(method) ? method : 'other'
      duration.observe({ method: known, route: route ?? 'none', status: String(status) }, seconds)
    },
  }
}
