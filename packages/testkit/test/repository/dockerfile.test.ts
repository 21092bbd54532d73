import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { NODE_FLAGS } from '../../../../apps/standalone/src/roles.ts'
import { compose } from './compose.ts'
import { ROOT, text } from './workspace.ts'

interface Stage {
  readonly base: string
  readonly name: string
  readonly steps: readonly string[]
}

const stages = text('Dockerfile')
  .split(/^FROM /m)
  .slice(1)
  .map((part): Stage => {
    const [head = '', ...steps] = part.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    const [base = '', , name = ''] = head.split(' ')
    return { base, name, steps }
  })

const APPS = ['api', 'worker', 'dashboard'] as const

describe('the Dockerfile', () => {
  it('has a target for every app, which is what the containers are built from', () => {
    const built = Object.values(compose().services).flatMap(({ build }) => (build === undefined ? [] : [build.target]))
    expect(stages.map(({ name }) => name)).toEqual(['build', 'runtime', ...APPS])
    expect(built.sort()).toEqual([...APPS].sort())
  })

  it('names the very version of Node, the same to build and to run', () => {
    const [build, runtime] = stages
    expect(build?.base).toMatch(/^node:24\.\d+\.\d+-trixie-slim$/)
    expect(runtime?.base).toBe(build?.base)
    for (const { base } of stages.slice(2)) expect(base).toBe('runtime')
  })

  it('runs scripts of deploy/ alone, which deploy/check-images.mjs runs without an engine', () => {
    const commands = stages.flatMap(({ steps }) => steps.filter((step) => step.startsWith('RUN ')))
    expect(commands.length).toBe(3)
    for (const command of commands) {
      const [, script = ''] =
        /^RUN (?:--mount=type=bind,\S+ )?(?:deploy)?\/([a-z-]+\.sh)(?: [\w/]+)*$/.exec(command) ?? []
      expect(script, command).not.toBe('')
      accessSync(join(ROOT, 'deploy', script), constants.X_OK)
    }
  })

  it('is carried out by CI', () => {
    const steps = text('.ci/run').split('\n')
    expect(steps.filter((line) => /^\s*step .*check[-:]images/.test(line))).toHaveLength(1)
  })

  it('ends each image with what was built, and with nothing run after that', () => {
    for (const app of APPS) {
      const steps = stages.find(({ name }) => name === app)?.steps ?? []
      expect(steps).toContain(`COPY --from=build /out/${app} ./`)
      expect(steps.filter((step) => /^(RUN|ADD|USER|SHELL)/.test(step))).toEqual([])
    }
  })

  it('gives the process to a plain user', () => {
    expect(stages.find(({ name }) => name === 'runtime')?.steps).toContain('USER node')
  })

  it.each(APPS)('gives Node the flags for %s that npm start gives it', (app) => {
    const steps = stages.find(({ name }) => name === app)?.steps.join('\n') ?? ''
    expect(/NODE_OPTIONS="([^"]*)"/.exec(steps)?.[1]).toBe(NODE_FLAGS[app].join(' '))
  })
})

describe('what is sent to the engine', () => {
  it('holds no secrets, no history, and nothing that was built here', () => {
    const ignored = text('.dockerignore').split('\n')
    for (const path of ['secrets', '.env', '.git', '.muster', '**/node_modules', '**/dist']) {
      expect(ignored).toContain(path)
    }
  })
})

describe('secrets', () => {
  it('are not committed', () => {
    expect(text('.gitignore').split('\n')).toEqual(expect.arrayContaining(['secrets/', '.env']))
  })
})
