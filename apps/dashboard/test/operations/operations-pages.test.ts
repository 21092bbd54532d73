import { randomUUID } from 'node:crypto'
import { controlOperation, createPool, findOperation } from '@muster/database'
import { type EngineHarness, engineHarness } from '@muster/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type OperationsApp, startOperationsApp } from './operations-app.ts'

let harness: EngineHarness
let app: OperationsApp
beforeAll(async () => {
  harness = await engineHarness()
  app = await startOperationsApp(harness.database.pool)
})
afterAll(async () => {
  await app.close()
  await harness.database.drop()
})
beforeEach(async () => {
  await harness.clear()
  app.as('operator')
})

let files = 0
/** Three rows, the second of which is bad. */
function upload(): Promise<string> {
  const n = ++files
  return harness.upload(`userId,email\na${n},a@example.com\nb${n},bad\nc${n},c@example.com\n`)
}

async function recordOf(id: string) {
  const record = await findOperation(harness.database.pool, harness.database.tenantId, id)
  if (record === null) throw new Error('no such operation')
  return record
}

/** What a table's cells say, row by row, without tags. */
function cells(html: string, part = 'operations'): string[][] {
  const from = html.slice(html.indexOf(`id="${part}"`))
  const body = from.slice(from.indexOf('<tbody>'), from.indexOf('</tbody>'))
  return body
    .split('</tr>')
    .map((row) => row.split(/<\/t[hd]>/).map(text))
    .map((row) => row.slice(0, -1))
    .filter((row) => row.length > 0)
}

const text = (html: string) => html.replace(/<[^>]*>/g, '').trim()

const rename = (id: string, name: string) =>
  harness.database.pool.query('update operations set name = $2 where id = $1', [id, name])

describe('the list of operations', () => {
  it('tells of each its number, name, type, tenant, state, progress, failed rows and file, the newest first', async () => {
    const [done, half, waiting] = [await upload(), await upload(), await upload()]
    await harness.turn(done)
    await harness.turn(half, { chunks: 2, engine: { chunkSize: 1 } })
    const [first, second, third] = cells(await app.page('/operations'))
    const records = await Promise.all([waiting, half, done].map(recordOf))
    const told = records.map(({ number, source }) => [number.toString(), source?.sha256.slice(0, 12)])
    expect([first, second, third].map((row) => [row?.[0], row?.[9]])).toEqual(told)
    const tenant = `test ${harness.database.tenantId}`
    expect(first?.slice(1, 8)).toEqual([
      'test',
      'IMPORT_USERS',
      tenant,
      'SCHEDULEDwaits, place 2 of its tenant',
      expect.stringMatching(/^0 rows/),
      '0',
      '–',
    ])
    expect(second?.slice(4, 7)).toEqual(['PROCESSING', expect.stringMatching(/2 rows \d+ % of 5\d bytes$/), '1'])
    expect(third?.slice(4, 7)).toEqual(['COMPLETED', expect.stringContaining('3 of 3 rows'), '1'])
  })

  it('shows those of a state, of a type and of a tenant alone, and counts the states', async () => {
    const [done, paused] = [await upload(), await upload(), await upload()]
    await harness.turn(done)
    await app.post(`/operations/${paused}/pause`)
    const all = await app.page('/operations')
    expect(text(all.slice(all.indexOf('<ul class="tabs">'), all.indexOf('</ul>'))).replace(/\s+/g, ' ')).toBe(
      'All AWAITING_DATA 0 SCHEDULED 2 PROCESSING 0 paused 1 COMPLETED 1 FAILED 0 CANCELLED 0',
    )
    const shown = async (query: string) => cells(await app.page(`/operations?${query}`)).length
    expect(await shown('state=SCHEDULED')).toBe(2)
    expect(await shown('state=PAUSED')).toBe(1)
    expect(await shown('state=COMPLETED&type=IMPORT_USERS&tenant=test')).toBe(1)
    expect(await shown('type=SEND_MFP')).toBe(0)
    expect(await shown(`tenant=${harness.database.tenantId}`)).toBe(3)
  })

  it('finds an operation by its id, its number, its file’s hash and a part of its name', async () => {
    const id = await upload()
    await upload()
    await rename(id, 'Quarterly 50% import')
    const { number, source } = await recordOf(id)
    const words = [id, id.toUpperCase(), number, source?.sha256, 'quarterly', '50%', ' QUARTERLY ']
    for (const word of words) {
      const found = cells(await app.page(`/operations?q=${encodeURIComponent(String(word))}`))
      expect(found.map(([first]) => first)).toEqual([number.toString()])
    }
    expect(await app.page('/operations?q=nothing+like+it')).toContain('No operation is like that.')
    expect(cells(await app.page(`/operations?q=${id}&state=FAILED`))).toEqual([])
  })

  it('says what of a search it does not understand', async () => {
    await upload()
    const told = async (query: string) =>
      [...(await app.page(`/operations?${query}`)).matchAll(/role="alert">([^<]*)</g)].map(([, sentence]) => sentence)
    expect(await told('state=DONE')).toEqual(['There is no state “DONE”; choose one of those that are offered.'])
    expect(await told('type=X&before=y')).toHaveLength(2)
    expect(await told('tenant=nobody')).toEqual([expect.stringContaining('There is no tenant “nobody”')])
    expect(await told(`q=${'a'.repeat(63)}`)).toEqual([expect.stringContaining('64 hexadecimal digits and not 63')])
    expect(await told(`q=${randomUUID().slice(0, -1)}`)).toEqual([expect.stringContaining('This looks like an id')])
    expect(await told('q=a&q=b')).toEqual([expect.stringContaining('“q” is not text')])
    expect(await told('q=%00')).toHaveLength(1)
    expect(await told('q=plain+words')).toEqual([])
  })

  it('turns pages by the last number', async () => {
    await harness.database.pool.query(
      `insert into operations (id, tenant_id, type, name, state, reason, options, created_by, changed_by)
      select gen_random_uuid(), $1, 'IMPORT_USERS', 'many ' || n, 'AWAITING_DATA', 'made', 'null', 'test', 'test'
      from generate_series(1, 120) n`,
      [harness.database.tenantId],
    )
    const names: string[] = []
    let path: string | undefined = '/operations?q=many'
    while (path !== undefined) {
      const html: string = await app.page(path)
      names.push(...cells(html).map((row) => row[1] ?? ''))
      path = /rel="next" href="([^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&')
    }
    expect(names).toEqual(Array.from({ length: 120 }, (_, index) => `many ${120 - index}`))
  })

  it('writes what others have named as text, not as HTML', async () => {
    const id = await upload()
    await rename(id, '<script>alert("x")</script>')
    for (const path of ['/operations?q=%3Cscript%3E%22', `/operations/${id}`, `/operations/${id}/cancel`]) {
      const html = await app.page(path)
      expect(html).not.toContain('<script>')
      expect(html).toContain('&lt;script&gt;')
      expect(html).toContain('Grace &lt;ops&gt;')
      expect(html).toContain('value="token&quot;of&quot;hers"')
    }
  })
})

describe('an operation’s page', () => {
  it('tells its state, history, counts, lanes, options, file and what is wrong with its rows, and links its jobs', async () => {
    const id = await upload()
    await harness.turn(id, { chunks: 2, engine: { chunkSize: 1, lanes: 1 } })
    const html = await app.page(`/operations/${id}`)
    const { number, source } = await recordOf(id)
    for (const part of [
      `<h1>Operation ${number}</h1>`,
      '1 succeeded, 0 unchanged, 1 failed',
      'A worker took it up.',
      source?.sha256,
      `href="/queues/queue/operations/${id}"`,
      `action="/operations/${id}/pause"`,
      `href="/operations/${id}/cancel"`,
    ]) {
      expect(html).toContain(part)
    }
    expect(cells(html, 'lanes')[0]?.slice(0, 8)).toEqual(['0', '2', '4', expect.any(String), '1', '0', '1', '1'])
    expect(cells(html, 'errors')).toEqual([
      ['INVALID_EMAIL', 'email', '1', '2', 'Not an email address; write it like name@example.com.'],
    ])
    expect(cells(html, 'history').map((row) => row.slice(1))).toEqual([
      ['test', '', 'SCHEDULED', expect.any(String)],
      ['worker', 'SCHEDULED', 'PROCESSING', 'A worker took it up.'],
    ])
    expect(html).not.toContain('a@example.com')
  })

  it('is not there for an id that nobody knows, and for what is no id', async () => {
    for (const id of [randomUUID(), 'x', '2000000293042', `${randomUUID()}'`]) {
      const response = await app.request(`/operations/${id}`)
      expect(response.status).toBe(404)
      expect(await response.text()).toContain('No such operation')
      expect((await app.post(`/operations/${id}/pause`)).status).toBe(404)
    }
    const other = await app.post(`/operations/${await upload()}/constructor`)
    expect(other.status).toBe(404)
  })
})

describe('an operator', () => {
  it('pauses, resumes and cancels, each of which wakes the dispatcher and is in the history without a name', async () => {
    const id = await upload()
    const before = app.nudges()
    for (const [control, state] of [
      ['pause', { state: 'SCHEDULED', paused: true }],
      ['resume', { state: 'SCHEDULED', paused: false }],
      ['cancel', { state: 'CANCELLED', paused: false }],
    ] as const) {
      const response = await app.post(`/operations/${id}/${control}`)
      expect([response.status, response.headers.get('location')]).toEqual([303, `/operations/${id}`])
      expect(await recordOf(id)).toMatchObject(state)
    }
    expect(app.nudges()).toBe(before + 3)
    const history = cells(await app.page(`/operations/${id}`), 'history')
    expect(history.slice(1).map(([, by, , to]) => [by, to])).toEqual([
      ['operator', 'SCHEDULED paused'],
      ['operator', 'SCHEDULED'],
      ['operator', 'CANCELLED'],
    ])
  })

  it('is told why a change makes no sense, and nothing is changed', async () => {
    const id = await upload()
    await app.post(`/operations/${id}/cancel`)
    const before = app.nudges()
    for (const control of ['cancel', 'pause', 'resume']) {
      const response = await app.post(`/operations/${id}/${control}`)
      expect(response.status).toBe(409)
      expect(await response.text()).toContain('It is CANCELLED now.')
    }
    expect(app.nudges()).toBe(before)
  })

  it('is asked before anything is cancelled', async () => {
    const id = await upload()
    const html = await app.page(`/operations/${id}/cancel`)
    expect(html).toContain(`action="/operations/${id}/cancel"`)
    expect(await recordOf(id)).toMatchObject({ state: 'SCHEDULED' })
    await harness.turn(id)
    expect(await app.page(`/operations/${id}/cancel`)).not.toContain('<form method="post" action="/operations')
  })

  it('is told to try again while a worker does not let go of the operation', async () => {
    const id = await upload()
    await harness.turn(id, { chunks: 1, engine: { chunkSize: 1 } })
    const stuck = await harness.database.pool.connect()
    await stuck.query('begin')
    await stuck.query('update lanes set changed_at = now()')
    const response = await app.post(`/operations/${id}/pause`)
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await response.text()).toContain('try again in some seconds')
    await stuck.query('rollback')
    stuck.release()
    expect(await recordOf(id)).toMatchObject({ paused: false })
  })

  it('sees buttons for what makes sense alone', async () => {
    const id = await upload()
    const buttons = async () =>
      [...(await app.page(`/operations/${id}`)).matchAll(/operations\/[\da-f-]{36}\/(pause|resume|cancel)"/g)].map(
        ([, control]) => control,
      )
    expect(await buttons()).toEqual(['pause', 'cancel'])
    await app.post(`/operations/${id}/pause`)
    expect(await buttons()).toEqual(['resume', 'cancel'])
    await controlOperation(harness.database.pool, {
      tenantId: harness.database.tenantId,
      id,
      control: 'cancel',
      by: 'somebody',
      reason: null,
    })
    expect(await buttons()).toEqual([])
  })
})

describe('a viewer', () => {
  it('sees the same and has no button', async () => {
    const id = await upload()
    app.as('viewer')
    const html = await app.page(`/operations/${id}`)
    expect(html).toContain('(viewer)')
    expect(html).not.toMatch(/\/(pause|resume|cancel)"/)
    const confirm = await app.request(`/operations/${id}/cancel`)
    expect([confirm.status, confirm.headers.get('location')]).toEqual([303, `/operations/${id}`])
  })
})

describe('the pages without PostgreSQL', () => {
  it('say so', async () => {
    const pool = createPool('postgres://nobody@127.0.0.1:1/nothing', { applicationName: 'test' })
    const away = await startOperationsApp(pool)
    for (const path of ['/operations', `/operations/${randomUUID()}`]) {
      const response = await away.request(path)
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
      expect(await response.text()).toContain('PostgreSQL does not answer')
    }
    await away.close()
    await pool.end()
  })
})
