import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { ROOT, text } from './workspace.ts'

export interface Alert {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/** The alerts of deploy/prometheus/alerts.yml. */
export function alerts(): readonly Alert[] {
  const { groups }: { groups: { rules: Alert[] }[] } = parse(text('deploy/prometheus/alerts.yml'))
  return groups.flatMap(({ rules }) => rules)
}

export interface AlertTest {
  readonly name: string
  readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly object[] }[]
}

/** The cases of deploy/prometheus/alerts.test.yml. */
export function alertTests(): readonly AlertTest[] {
  return parse(text('deploy/prometheus/alerts.test.yml')).tests
}

/** The files of deploy/grafana/dashboards. */
export function dashboardFiles(): readonly string[] {
  return readdirSync(join(ROOT, 'deploy/grafana/dashboards')).map((name) => `deploy/grafana/dashboards/${name}`)
}

/** Every string that has one of the names, however deep. */
export function stringsNamed(names: readonly string[], node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([name, value]) =>
    names.includes(name) && typeof value === 'string' ? [value] : stringsNamed(names, value),
  )
}

/** Metrics that PromQL names, without those that Prometheus makes by itself. A histogram has its own name alone. */
export function metricsIn(expression: string): readonly string[] {
  // What is between quotation marks is the value of a label.
  const names = expression.replaceAll(/"[^"]*"/g, '').match(/\b(?:muster|nodejs|process)_\w+/g) ?? []
  return names.map((name) => (histograms().has(base(name)) ? base(name) : name))
}

function base(name: string): string {
  return name.replace(/_(bucket|count|sum)$/, '')
}

/** Labels that PromQL selects by and docs/metrics.md does not know of their metric, as `metric{label}`. */
export function unknownLabels(expression: string): readonly string[] {
  return [...expression.matchAll(/\b(muster_\w+)\{([^}]*)\}/g)].flatMap(([, name = '', selectors = '']) => {
    const known = rows().find(([each]) => each === name || each === base(name))?.[2] ?? ''
    const labels = [...selectors.matchAll(/(\w+)(?:=|!=|=~|!~)"/g)].map(([, label = '']) => label)
    const unknown = labels.filter((label) => !OF_PROMETHEUS.includes(label) && !known.includes(`\`${label}\``))
    return unknown.map((label) => `${name}{${label}}`)
  })
}

const OF_PROMETHEUS = ['job', 'instance', 'le']

/** The names in docs/metrics.md. */
export function documentedMetrics(): ReadonlySet<string> {
  return new Set(rows().map(([name]) => name))
}

function histograms(): ReadonlySet<string> {
  return new Set(rows().flatMap(([name, type]) => (type === 'histogram' ? [name] : [])))
}

/** Names, types and labels of the tables' rows. */
function rows(): readonly (readonly [name: string, type: string, labels: string])[] {
  return [...text('docs/metrics.md').matchAll(/^\| *`(\w+)` *\| *(\w+) *\|([^|]*)\|/gm)].map(
    ([, name = '', type = '', labels = '']) => [name, type, labels] as const,
  )
}
