import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Makes instruments, each in the one registry of a process. */
export class Instruments {
  readonly #registry = new Registry()

  /** @param service the process's role, a label of every series */
  constructor(service: string) {
    this.#registry.setDefaultLabels({ service })
    collectDefaultMetrics({ register: this.#registry })
  }

  counter<L extends string = never>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> {
    return new Counter<L>({ name, help, labelNames, registers: [this.#registry] })
  }

  /** It has no series until it is set. */
  gauge<L extends string = never>(name: string, help: string, labelNames: readonly L[] = []): Gauge<L> {
    const gauge = new Gauge<L>({ name, help, labelNames, registers: [this.#registry] })
    // One without labels begins at 0, which nobody has measured.
    if (labelNames.length === 0) gauge.remove()
    return gauge
  }

  histogram<L extends string = never>(
    name: string,
    help: string,
    { labels = [], buckets }: { labels?: readonly L[]; buckets: readonly number[] },
  ): Histogram<L> {
    return new Histogram<L>({ name, help, labelNames: labels, buckets: [...buckets], registers: [this.#registry] })
  }

  /** The exposition format of Prometheus. */
  async text(): Promise<{ contentType: string; body: string }> {
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() }
  }
}

/** Upper bounds of buckets in seconds, for what takes a millisecond or some seconds. */
export const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const
