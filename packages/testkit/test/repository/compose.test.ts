import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { settingsReadBy } from '@muster/process'
import { describe, expect, it } from 'vitest'
import { SETTINGS as EMBEDDED } from '../../../embedded/src/postgres/settings.ts'
import { compose, type Service, service } from './compose.ts'
import { ROOT, text } from './workspace.ts'

const APPS = ['api', 'worker', 'dashboard'] as const
const SECRET = /\/run\/secrets\/([a-z0-9-]+)/g

/** Settings that a container has from its image. */
const OF_THE_IMAGE = ['HOST', 'PORT', 'DASHBOARD_PORT', 'METRICS_PORT']

const { services, networks, secrets } = compose()
const all = Object.entries(services)

describe.each(all)('the container %s', (_name, container) => {
  it('is of one version of its image, or built from one target', () => {
    if (container.build !== undefined) expect(APPS).toContain(container.build.target)
    else expect(container.image).toMatch(/^[a-z0-9./-]+:v?\d+\.\d+(\.\d+)?(-[a-z0-9.]+)?$/)
  })

  it('has the rights of a plain user, and changes nothing of its image', () => {
    expect(container.user).toMatch(/^[1-9]\d*:\d+$/)
    expect(container).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    })
    for (const key of ['privileged', 'cap_add', 'pid', 'ipc', 'network_mode', 'devices']) {
      expect(container).not.toHaveProperty(key)
    }
  })

  it('has limits of processor, memory, processes and logs', () => {
    const limits = container.deploy?.resources.limits
    expect(Number(limits?.cpus)).toBeGreaterThan(0)
    expect(limits?.memory).toMatch(/^\d+[mg]$/)
    expect(container['pids_limit']).toBeGreaterThan(0)
    expect(container).toMatchObject({ logging: { options: { 'max-size': '10m', 'max-file': '5' } } })
  })

  it('tells whether it is healthy, comes back, and waits for those it needs until they are', () => {
    expect(container.healthcheck?.test[0]).toMatch(/^CMD/)
    expect(container.healthcheck?.interval).toMatch(/^\d+s$/)
    expect(container.healthcheck?.timeout).toMatch(/^\d+s$/)
    expect(container['restart']).toBe('unless-stopped')
    for (const [needed, { condition }] of Object.entries(container.depends_on ?? {})) {
      expect(services).toHaveProperty(needed)
      expect(condition).toBe('service_healthy')
    }
  })

  it('is not one of a kind by its name', () => {
    expect(container).not.toHaveProperty('container_name')
  })

  it('has no secret in its environment', () => {
    const named = Object.entries(container.environment ?? {}).filter(([key]) => /PASSWORD|SECRET|PASSPHRASE/.test(key))
    for (const [key, value] of named) {
      expect(key).toMatch(/_FILE$/)
      expect(value).toMatch(/^\/run\/secrets\//)
    }
  })

  it('sees the secrets that it uses, and no others', () => {
    const used = [...JSON.stringify(container).matchAll(SECRET)].map(([, secret]) => secret)
    expect([...new Set(used)].sort()).toEqual([...(container.secrets ?? [])].sort())
    for (const secret of container.secrets ?? []) expect(secrets).toHaveProperty(secret)
  })

  it('mounts what is there', () => {
    const own = (container.volumes ?? [])
      .map((volume) => volume.split(':'))
      .filter(([from = '']) => from.startsWith('.'))
    for (const [from = '', , mode] of own) {
      expect(mode, from).toBe('ro')
      if (!from.startsWith('./secrets/')) expect(existsSync(join(ROOT, from)), from).toBe(true)
    }
  })

  it('publishes its ports on this machine alone', () => {
    for (const port of container.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\$\{[A-Z_]+:-\d+\}:\d+$/)
  })
})

describe('the containers', () => {
  it('can be reached from outside where people come in, and nowhere else', () => {
    const published = all.filter(([, { ports = [] }]) => ports.length > 0).map(([name]) => name)
    expect(published.sort()).toEqual(['api', 'dashboard', 'grafana', 'mailpit'])
  })

  it.each(['postgres', 'redis', 's3', 'prometheus'])('keep %s on networks without a way out', (name) => {
    expect(service(name).networks?.length).toBeGreaterThan(0)
    for (const network of service(name).networks ?? []) expect(networks[network]?.internal).toBe(true)
  })

  it('leave no secret unused', () => {
    expect([...new Set(all.flatMap(([, container]) => container.secrets ?? []))].sort()).toEqual(
      Object.keys(secrets).sort(),
    )
    for (const [name, { file }] of Object.entries(secrets)) expect(file).toBe(`./secrets/${name}`)
  })
})

describe.each(APPS)('the settings of the container %s', (app) => {
  const settings = Object.entries(settingsReadBy(app)).filter(([name]) => !OF_THE_IMAGE.includes(name))

  it('are all that it reads, secrets by their files', () => {
    const given = Object.keys(service(app).environment ?? {})
    expect(given.sort()).toEqual(settings.map(([name, { isSecret }]) => (isSecret ? `${name}_FILE` : name)).sort())
  })

  it('can be set by variables of the same names', () => {
    const others = Object.entries(service(app).environment ?? {}).filter(
      ([, value]) => !value.startsWith('/run/secrets/'),
    )
    for (const [name, value] of others) expect(value).toMatch(new RegExp(`^\\$\\{${name}:?-`))
  })
})

describe('the Redis of the containers', () => {
  const settings = new Map(lines('deploy/redis/redis.conf').map((line) => [line.split(' ')[0], line]))

  it('keeps its jobs over a restart and evicts none', () => {
    expect(settings.get('appendonly')).toBe('appendonly yes')
    expect(settings.get('maxmemory-policy')).toBe('maxmemory-policy noeviction')
  })

  it('leaves half its memory for the copy that is made while the append-only file is written anew', () => {
    const megabytes = Number(/^maxmemory (\d+)mb$/.exec(settings.get('maxmemory') ?? '')?.[1])
    expect(megabytes * 2).toBeLessThanOrEqual(memoryOf(service('redis')))
  })
})

describe('the PostgreSQL of the containers', () => {
  const settings = Object.fromEntries(
    lines('deploy/postgres/postgresql.conf').map((line) => line.split(' = ').map((part) => part.replaceAll("'", ''))),
  )

  it('writes no values of statements into its log, as the embedded one', () => {
    const ofLogs = Object.entries(EMBEDDED).filter(([name]) => name.startsWith('log_'))
    expect(ofLogs.length).toBeGreaterThan(4)
    expect(settings).toMatchObject(Object.fromEntries(ofLogs))
  })
})

/** What a file says, without its comments. */
function lines(path: string): readonly string[] {
  return text(path)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
}

/** Mebibytes. */
function memoryOf({ deploy }: Service): number {
  const [, amount, unit] = /^(\d+)([mg])$/.exec(deploy?.resources.limits.memory ?? '') ?? []
  return Number(amount) * (unit === 'g' ? 1024 : 1)
}
