import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OpenApiDocument } from '../../src/describe/openapi-document.ts'
import { type ApiUnderTest, startApi } from '../api-under-test.ts'
import { answerCheck, type CheckAnswer } from '../described-answers.ts'

let api: ApiUnderTest
let document: OpenApiDocument
let checkAnswer: CheckAnswer
beforeAll(async () => {
  api = await startApi()
  document = (await (await api.fetch('/openapi.json')).json()) as OpenApiDocument
  checkAnswer = answerCheck(document)
})
afterAll(() => api.stop())

describe('the description', () => {
  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator()
    expect(await validator.validate({ ...document })).toEqual({ valid: true })
    expect(validator.version).toBe('3.1')
  })

  it('has every route of every dialect, each with a name of its own', () => {
    const described = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path}`),
    )
    const served = api.dialects.flatMap(({ basePath, routes }) =>
      routes.map(({ method, path }) => `${method} ${basePath}${path.replace(/:(\w+)/g, '{$1}')}`),
    )
    expect(described.sort()).toEqual(served.sort())
    const ids = Object.values(document.paths).flatMap((item) => Object.values(item).map((each) => each.operationId))
    expect(new Set(ids).size).toBe(served.length)
  })

  it('refers to nothing that is not there', () => {
    const references = JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)
    const targets = [...new Set([...references].map(([, target = '']) => target))]
    expect(targets.length).toBeGreaterThan(5)
    for (const target of targets) {
      const [, name = ''] = /^#\/components\/schemas\/(\w+)$/.exec(target) ?? []
      expect(document.components.schemas, target).toHaveProperty(name)
    }
  })

  it('tells the scopes that give a permission, and who needs none', () => {
    const security = (path: string) => document.paths[path]?.get?.['security']
    expect(security('/v1/operations/{id}')).toEqual([
      { clientCredentials: ['OPERATIONS:VIEW'] },
      { accessToken: ['OPERATIONS:VIEW'] },
    ])
    expect(security('/api/v1/jobs')).toContainEqual({ accessToken: ['id360.job.ALL'] })
    expect(security('/healthz')).toEqual([])
  })
})

describe('an answer of the tests', () => {
  const job = { id: '1', action_name: 'Quick Enrollment', module: 'Protection', status: 'QUEUED' }
  const details = { entity: 'user', total: null, succeeded: 0, unchanged: 0, failed: 0 }
  const page = (fields: object, status = 200, type = 'application/json; charset=utf-8') =>
    new Response(JSON.stringify({ data: [{ ...job, details, ...fields }], links: {} }), {
      status,
      headers: { 'content-type': type },
    })
  const check = (answer: Response, method = 'GET', path = '/api/v1/jobs?limit=1') =>
    checkAnswer(method, `http://x${path}`, answer)

  it('passes when it is as described', async () => {
    await check(page({}))
    await check(page({ start_time: '2026-01-01T00:00:00.000Z' }))
    await check(new Response(null), 'HEAD')
    await check(new Response(null, { status: 404 }), 'GET', '/nowhere')
  })

  it.each<[string, () => Promise<void>, RegExp]>([
    ['a field that is not described', () => check(page({ color: 'red' })), /\/data\/0.*color/],
    ['a field of another kind', () => check(page({ id: 1 })), /\/data\/0\/id must be string/],
    ['a time that is none', () => check(page({ start_time: 'soon' })), /start_time.*date-time/],
    ['a status that is not described', () => check(page({}, 202)), /answered 202/],
    ['another media type', () => check(page({}, 200, 'text/csv')), /text\/csv/],
    ['a refusal of another shape', () => check(page({}, 409)), /must have required property 'error'/],
    ['a route that is not described', () => check(page({}), 'PUT'), /no such route/],
  ])('fails for %s', async (_, checked, message) => {
    await expect(checked()).rejects.toThrow(message)
  })
})

describe('the page at /docs', () => {
  it('loads what it names from here, under a policy that lets nothing else in', async () => {
    const page = await api.fetch('/docs')
    const html = await page.text()
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self';/)
    expect(html).not.toMatch(/<script>|https?:|onload=/)
    const named = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path = '']) => path)
    expect(named).toHaveLength(4)
    for (const path of named) {
      const answer = await api.fetch(path)
      expect([path, answer.status]).toEqual([path, 200])
      expect((await answer.text()).length).toBeGreaterThan(100)
    }
    const start = await (await api.fetch('/docs/start.js')).text()
    expect(start).toContain("url: '/openapi.json'")
  })

  it('has nothing but its parts', async () => {
    for (const path of ['/docs/package.json', '/docs/constructor', '/docs/..%2Fpackage.json']) {
      expect((await api.fetch(path)).status).toBe(404)
    }
  })
})
