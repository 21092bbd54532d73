import type { Collectors } from './collectors.ts'
import { type DependencyMetrics, dependencyMetrics } from './dependency-metrics.ts'
import type { Instruments } from './registry.ts'
import { type WorkMetrics, workMetrics } from './work-metrics.ts'

/** Of all processes together, so that one of them tells it. Each source is asked at every scrape; once a process. */
export type SystemMetrics = WorkMetrics & DependencyMetrics

export function systemMetrics(instruments: Instruments, collectors: Collectors): SystemMetrics {
  return { ...workMetrics(instruments, collectors), ...dependencyMetrics(instruments, collectors) }
}
