import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { everyMetric } from './every-metric.ts'

interface Row {
  readonly name: string
  readonly type: string
  readonly labels: readonly string[]
  readonly from: readonly string[]
  readonly help: string
}

/** The rows of all tables in docs/metrics.md. */
function documented(): readonly (Row & { readonly unit: string })[] {
  const text = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8')
  const rows = text.split('\n').filter((line) => line.startsWith('| `'))
  return rows.map((line) => {
    const [name = '', type = '', labels = '', unit = '', from = '', help = ''] = line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim())
    return {
      name: name.replaceAll('`', ''),
      type,
      labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label).sort(),
      unit,
      from: from.split(', ').sort(),
      help,
    }
  })
}

/** What all processes answer, each metric once, with those it comes from. */
async function answered(): Promise<readonly Row[]> {
  const rows = new Map<string, Row>()
  for (const [app, metrics] of Object.entries(await everyMetric())) {
    for (const { name, type, help, labels } of metrics) {
      const from = [...(rows.get(name)?.from ?? []), app].sort()
      rows.set(name, { name, type, labels, from, help })
    }
  }
  return [...rows.values()]
}

const isOurs = ({ name }: Row) => name.startsWith('muster_')
const byName = (one: Row, other: Row) => one.name.localeCompare(other.name)

describe('docs/metrics.md', () => {
  let rows: readonly Row[]
  beforeAll(async () => {
    rows = await answered()
  })

  it('has every metric that a process answers with its type, labels, origin and meaning, and no other', () => {
    const told = documented()
      .filter(isOurs)
      .map(({ unit: _, ...row }) => row)
    expect(rows.filter(isOurs).length).toBeGreaterThan(40)
    expect([...told].sort(byName)).toEqual(rows.filter(isOurs).sort(byName))
  })

  // Labels of these are the library's, and some have a series only once something has happened.
  it.runIf(process.platform === 'linux')('has every metric of the library', () => {
    const told = documented().filter((row) => !isOurs(row))
    const names = (all: readonly Row[]) => all.map(({ name, type, from, help }) => ({ name, type, from, help }))
    expect(names([...told].sort(byName))).toEqual(names(rows.filter((row) => !isOurs(row)).sort(byName)))
  })

  it('gives each metric the unit that its name has', () => {
    for (const { name, unit } of documented().filter(isOurs)) {
      const named = /_(seconds|bytes)(_total)?$/.exec(name)?.[1]
      if (named === undefined) expect(unit).not.toMatch(/^$|seconds|bytes/)
      else expect(`${name} ${unit}`).toBe(`${name} ${named}`)
    }
  })
})
