import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { alerts, dashboardFiles, documentedMetrics, metricsIn, stringsNamed, unknownLabels } from './watched.ts'
import { text } from './workspace.ts'

interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly description: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly fieldConfig: { readonly defaults: { readonly unit?: string } }
  readonly targets: readonly { readonly expr: string }[]
}

interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly panels: readonly Panel[]
}

const read = (file: string): Dashboard => JSON.parse(text(file))

/** What asks Prometheus: of panels, variables and annotations. */
const expressions = (dashboard: Dashboard) => stringsNamed(['expr', 'definition', 'query'], dashboard)

describe('the Grafana dashboards', () => {
  it('are four, with addresses and titles of their own', () => {
    const dashboards = dashboardFiles().map(read)
    expect(dashboards.map(({ uid }) => uid).sort()).toEqual([
      'muster-dependencies',
      'muster-operation-type',
      'muster-overview',
      'muster-workers',
    ])
    expect(new Set(dashboards.map(({ title }) => title)).size).toBe(4)
  })

  it.each(dashboardFiles())('%s asks for metrics that docs/metrics.md has', (file) => {
    const metrics = expressions(read(file)).flatMap(metricsIn)
    expect(metrics.length).toBeGreaterThan(8)
    expect(metrics.filter((name) => !documentedMetrics().has(name))).toEqual([])
  })

  it.each(dashboardFiles())('%s selects by labels that docs/metrics.md has', (file) => {
    expect(expressions(read(file)).flatMap(unknownLabels)).toEqual([])
  })

  it.each(dashboardFiles())('%s says of each panel what it shows, and in which unit', (file) => {
    const { panels } = read(file)
    for (const { title, description, fieldConfig, targets } of panels) {
      expect(title, file).toMatch(/^[A-Z]/)
      expect(description, title).toMatch(/^[A-Z0-9].*\.$/)
      expect(fieldConfig.defaults.unit, title).toMatch(/^\w+$/)
      expect(targets.length, title).toBeGreaterThan(0)
    }
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length)
  })

  it.each(dashboardFiles())('%s has its panels side by side, within the width of a screen', (file) => {
    const taken = new Set<string>()
    for (const { title, gridPos } of read(file).panels) {
      const { x, y, w, h } = gridPos
      expect(x + w, title).toBeLessThanOrEqual(24)
      for (let cell = 0; cell < w * h; cell++) {
        const place = `${x + (cell % w)},${y + Math.floor(cell / w)}`
        expect(taken.has(place), title).toBe(false)
        taken.add(place)
      }
    }
  })

  it('ask the source of data that is provisioned', () => {
    const { datasources } = parse(text('deploy/grafana/provisioning/datasources/prometheus.yml'))
    const uids = dashboardFiles().flatMap((file) =>
      [...text(file).matchAll(/"type": "prometheus",\s*"uid": "([^"]*)"/g)].map(([, uid]) => uid),
    )
    expect(uids.length).toBeGreaterThan(50)
    expect(new Set(uids)).toEqual(new Set(datasources.map(({ uid }: { uid: string }) => uid)))
  })

  it('name alerts that exist', () => {
    const names = dashboardFiles().flatMap((file) => text(file).match(/\bMuster[A-Z]\w+/g) ?? [])
    expect(names.length).toBeGreaterThan(10)
    expect(names.filter((name) => !alerts().some(({ alert }) => alert === name))).toEqual([])
  })
})
