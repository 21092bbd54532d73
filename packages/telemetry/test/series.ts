import type { Metrics } from '../src/index.ts'

/** For tests that do not look at the log. */
export const SILENT = { info: () => {}, warn: () => {} }

export async function scrape(metrics: Metrics): Promise<string> {
  return (await metrics.text()).body
}

/** The value of the series with that name and these labels; undefined when there is none. */
export function value(body: string, name: string, labels: Record<string, string> = {}): number | undefined {
  const line = body
    .split('\n')
    .find(
      (text) =>
        new RegExp(`^${name}[{ ]`).test(text) &&
        Object.entries(labels).every(([key, of]) => text.includes(`${key}="${of}"`)),
    )
  return line === undefined ? undefined : Number(line.split(' ').at(-1))
}
