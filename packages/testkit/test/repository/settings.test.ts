import { describe, expect, it } from 'vitest'
import { text } from './workspace.ts'

const APPS = ['api', 'worker', 'dashboard', 'standalone'] as const

/** The settings that an app's config.ts reads: the keys of its schema. */
function settings(app: string): readonly string[] {
  const keys = text(`apps/${app}/src/config.ts`).matchAll(/^\s*([A-Z][A-Z0-9_]+):/gm)
  return [...new Set([...keys].map(([, name = '']) => name))].sort()
}

const all = [...new Set(APPS.flatMap(settings))].sort()

/** Settings that a container has from its image, or does without. */
const OF_THE_IMAGE = ['HOST', 'PORT', 'DASHBOARD_PORT', 'METRICS_PORT']

describe('the settings', () => {
  it.each(APPS)('of apps/%s are found in its config.ts', (app) => {
    expect(settings(app)).toContain('LOG_LEVEL')
    expect(settings(app).length).toBeGreaterThan(4)
  })

  it('stand in .env.example, each once and no others', () => {
    const listed = [...text('.env.example').matchAll(/^#?\s?([A-Z][A-Z0-9_]+)=/gm)].map(([, name = '']) => name)
    expect(listed.sort()).toEqual(all)
  })

  it('stand in docs/configuration.md, no others beside them', () => {
    const rows = [...text('docs/configuration.md').matchAll(/^\| `([A-Z][A-Z0-9_]+)`/gm)].map(([, name = '']) => name)
    expect([...new Set(rows)].sort()).toEqual(all)
  })

  it.each(['api', 'worker', 'dashboard'])('of the container %s are all in docker-compose.yml', (app) => {
    const service = new RegExp(`^  ${app}:\n(?:(?: {4}.*)?\n)*`, 'm').exec(text('docker-compose.yml'))?.[0] ?? ''
    const given = [...service.matchAll(/^ {6}([A-Z][A-Z0-9_]+):/gm)].map(([, name = '']) => name)
    expect(given.sort()).toEqual(settings(app).filter((name) => !OF_THE_IMAGE.includes(name)))
  })
})
