import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { alerts, alertTests, documentedMetrics, metricsIn, stringsNamed, unknownLabels } from './watched.ts'
import { text } from './workspace.ts'

const NAMES = alerts().map(({ alert }) => alert)

/** As GitHub and others make a heading's address. */
const anchor = (alert: string) => alert.toLowerCase()

describe('the alert rules', () => {
  it('have names of their own', () => {
    expect(NAMES.length).toBeGreaterThan(15)
    expect(new Set(NAMES).size).toBe(NAMES.length)
  })

  it.each(alerts())('$alert says how urgent it is, what is wrong, what that means, and where to read on', (rule) => {
    const { alert, labels, annotations } = rule
    expect(Object.keys(labels)).toEqual(['severity'])
    expect(['page', 'ticket']).toContain(labels['severity'])
    expect(Object.keys(annotations)).toEqual(['summary', 'description', 'runbook_url'])
    expect(annotations['summary']).toMatch(/^[A-Z].{9,79}$/)
    expect(annotations['description']?.length).toBeGreaterThan(80)
    expect(annotations['runbook_url']).toBe(
      `{{ with $externalLabels.runbook }}{{ . }}{{ else }}docs/runbook.md{{ end }}#${anchor(alert)}`,
    )
  })

  it.each(alerts())('$alert has a test that shows it firing, and one in which it never does', ({ alert }) => {
    const expected = alertTests().map(({ alert_rule_test: looks }) =>
      looks.filter(({ alertname }) => alertname === alert).map(({ exp_alerts: fired }) => fired.length > 0),
    )
    const cases = expected.filter((fired) => fired.length > 0)
    expect(cases.filter((fired) => fired.includes(true))).not.toEqual([])
    expect(cases.filter((fired) => !fired.includes(true))).not.toEqual([])
  })

  it('page at once when rows are not conserved', () => {
    const rule = alerts().find(({ alert }) => alert === 'MusterRowsNotConserved')
    expect(rule).toMatchObject({ labels: { severity: 'page' } })
    expect(rule).not.toHaveProperty('for')
  })

  it('ask for metrics that docs/metrics.md has', () => {
    const metrics = alerts().flatMap(({ expr }) => metricsIn(expr))
    expect(metrics.length).toBeGreaterThan(NAMES.length)
    expect(metrics.filter((name) => !documentedMetrics().has(name))).toEqual([])
  })

  it('select by labels that docs/metrics.md has', () => {
    expect(alerts().flatMap(({ expr }) => unknownLabels(expr))).toEqual([])
  })

  it('tell every length of time in minutes, so that the proof can let them pass faster', () => {
    const times = alerts().flatMap(({ expr, for: held = '' }) => [
      ...(expr.match(/(?:\[|offset )\d+\w+/g) ?? []),
      ...(held ? [held] : []),
    ])
    expect(times.length).toBeGreaterThan(NAMES.length)
    expect(times.filter((time) => !/^(\[|offset )?\d+m$/.test(time))).toEqual([])
  })

  it('know processes by the names that prometheus.yml gives their jobs', () => {
    const config = text('deploy/prometheus/prometheus.yml')
    const jobs = stringsNamed(['job_name'], parse(config)).filter((name) => name !== 'prometheus')
    expect([...jobs].sort()).toEqual(['muster-api', 'muster-dashboard', 'muster-worker'])
    const named = alerts().flatMap(({ expr }) => expr.match(/(?<=job=")[^"]+/g) ?? [])
    expect([...new Set(named)].sort()).toEqual([...jobs].sort())
  })
})

describe('the runbook', () => {
  const sections = text('docs/runbook.md').split(/^## /m).slice(1)
  const ofAlerts = sections.filter((section) => section.startsWith('Muster'))

  it('begins with the first minute, and has a section for each alert and no other', () => {
    expect(sections[0]).toMatch(/^An alert came: the first minute\n/)
    expect(ofAlerts.map((section) => section.split('\n')[0]).sort()).toEqual([...NAMES].sort())
    expect(sections.length).toBe(NAMES.length + 1)
  })

  it.each(NAMES)('says of %s what it means, where to look, what to do and how to tell that it worked', (alert) => {
    const section = ofAlerts.find((each) => each.startsWith(`${alert}\n`)) ?? ''
    const parts = ['**Meaning.**', '**Look at.**', '**Do.**', '**It worked**'].map((part) => section.indexOf(part))
    expect(parts).not.toContain(-1)
    expect(parts).toEqual([...parts].sort((a, b) => a - b))
  })

  it('links to sections that exist', () => {
    const links = [...text('docs/runbook.md').matchAll(/\]\(#([^)]+)\)/g)].map(([, to]) => to)
    expect(links.length).toBeGreaterThan(10)
    expect(links.filter((to) => !NAMES.map(anchor).includes(to ?? ''))).toEqual([])
  })

  it('names panels and dashboards of Grafana that exist', () => {
    const titles = ['overview', 'operation-type', 'workers', 'dependencies'].flatMap((name) =>
      stringsNamed(['title'], JSON.parse(text(`deploy/grafana/dashboards/${name}.json`))),
    )
    const named = ofAlerts.flatMap((section) => {
      const sentences =
        section
          .replaceAll(/`[^`]*`/g, '')
          .replaceAll(/\s+/g, ' ')
          .match(/Grafana, _Muster: .*?[.?](?= |$)/g) ?? []
      return sentences.flatMap((sentence) => [...sentence.matchAll(/_([A-Z][^_]*)_/g)].map(([, title]) => title ?? ''))
    })
    expect(named.length).toBeGreaterThan(NAMES.length)
    expect(named.filter((title) => !titles.includes(title))).toEqual([])
  })
})

describe('Alertmanager', () => {
  it('holds back alerts that exist, for others that do', () => {
    const { inhibit_rules: rules } = parse(text('deploy/alertmanager/alertmanager.yml'))
    const named = JSON.stringify(rules).match(/Muster\w+/g) ?? []
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter((name) => !NAMES.includes(name))).toEqual([])
  })

  it('holds back neither what must never happen, nor what tells of itself', () => {
    const { inhibit_rules: rules }: { inhibit_rules: { target_matchers: string[] }[] } = parse(
      text('deploy/alertmanager/alertmanager.yml'),
    )
    const targets = JSON.stringify(rules.map(({ target_matchers: matchers }) => matchers))
    for (const alert of ['MusterRowsNotConserved', 'MusterDiskNearlyFull', 'MusterPostgresDown', 'MusterRedisDown']) {
      expect(targets).not.toContain(alert)
    }
  })
})
