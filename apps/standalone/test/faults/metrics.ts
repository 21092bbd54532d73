/** A process's metrics, read over HTTP. */
export async function scrape(url: string): Promise<string> {
  const answer = await fetch(new URL('/metrics', url))
  if (!answer.ok) throw new Error(`/metrics answered ${answer.status}`)
  return answer.text()
}

/** The sum of a metric's series; throws when it has none. */
export function sum(text: string, name: string): number {
  const series = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
  if (series.length === 0) throw new Error(`there is no metric ${name}`)
  return series.reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}
