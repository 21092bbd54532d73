import { mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from './chromium.ts'
import { type Person, RunningMuster } from './running-muster.ts'

/** Each is a chunk of its own, so that there is time to look at it. */
const ROWS = 20_000
const VIEWER: Person = { name: 'Ada Viewer', password: 'looks but does not touch' }
/** A photograph of an empty page is smaller. */
const SMALLEST_PICTURE = 10_000

let muster: RunningMuster
let browser: Browser
let pictures: string
let operationId: string
beforeAll(async () => {
  browser = await launchChromium()
  muster = await RunningMuster.start()
  await muster.addViewer(VIEWER)
  operationId = await muster.importUsers(ROWS)
  pictures = process.env['SCREENSHOTS'] ?? (await mkdtemp(join(tmpdir(), 'muster-screenshots-')))
  await mkdir(pictures, { recursive: true })
  console.log(`screenshots are in ${pictures}`)
})
afterAll(async () => {
  await browser?.close()
  await muster?.remove()
})

/** Somebody at a browser of their own, and what the browser complained about. */
async function sitDown() {
  const context = await browser.newContext({ viewport: { width: 1_400, height: 900 } })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  const open = (path: string) => page.goto(`${muster.run.dashboard}${path}`)
  return { page, complaints, open }
}

async function signIn(page: Page, { name, password }: Person): Promise<void> {
  await page.goto(muster.run.dashboard)
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL('**/operations')
}

async function photograph(page: Page, name: string): Promise<void> {
  const picture = await page.screenshot({ path: join(pictures, `${name}.png`) })
  expect(picture.subarray(1, 4).toString('latin1')).toBe('PNG')
  expect(picture.length).toBeGreaterThan(SMALLEST_PICTURE)
}

const operationRow = (page: Page) => page.getByRole('row').filter({ hasText: 'Browser import' })

/** Rows done, as the list or the operation's page says it. */
async function rowsDone(page: Page): Promise<number> {
  const text = await page
    .getByText(/[\d,]+ rows/)
    .first()
    .textContent()
  return Number(/([\d,]+)(?: of [\d,]+)? rows/.exec(text ?? '')?.[1]?.replaceAll(',', ''))
}

const state = (page: Page) => page.locator('#facts .state').textContent()

// The stages of one visit, in order: each start of a stack costs seconds.
describe('an operator', { timeout: 120_000 }, () => {
  let page: Page
  let complaints: string[]
  let open: (path: string) => Promise<unknown>
  beforeAll(async () => {
    ;({ page, complaints, open } = await sitDown())
    await signIn(page, muster.operator)
  })

  it('sees the running operation go on, without touching anything', async () => {
    await expect.poll(() => operationRow(page).locator('.state').textContent()).toBe('PROCESSING')
    const before = await rowsDone(page)
    await expect.poll(() => rowsDone(page)).toBeGreaterThan(before)
    await expect.poll(() => page.getByRole('status').textContent()).toBe('Up to date.')
    await photograph(page, 'operations')
  })

  it('searches for it by its id', async () => {
    await page.getByRole('searchbox').fill(operationId)
    await page.getByRole('button', { name: 'Search' }).click()
    await expect.poll(() => operationRow(page).count()).toBe(1)
    await page.getByRole('searchbox').fill('nothing like it')
    await page.getByRole('searchbox').press('Enter')
    await expect.poll(() => page.getByText('No operation is like that.').count()).toBe(1)
    await page.getByRole('link', { name: 'Show all' }).click()
  })

  it('pauses it, and its count stands still', async () => {
    await operationRow(page).getByRole('rowheader').getByRole('link').click()
    await page.getByRole('button', { name: 'Pause' }).click()
    await expect.poll(() => page.locator('#facts .paused').count()).toBe(1)
    expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0)
    const paused = await rowsDone(page)
    expect(paused).toBeGreaterThan(0)
    await photograph(page, 'operation-paused')
    // Looked at anew, some times over.
    for (let looks = 0; looks < 3; looks++) {
      await page.waitForResponse((response) => response.url().endsWith(operationId))
      expect(await rowsDone(page)).toBe(paused)
    }
  })

  it('resumes it, and it goes on', async () => {
    const paused = await rowsDone(page)
    await page.getByRole('button', { name: 'Resume' }).click()
    await expect.poll(() => rowsDone(page)).toBeGreaterThan(paused)
    await expect.poll(() => state(page)).toBe('PROCESSING')
    await photograph(page, 'operation')
  })

  it('sees the operation’s job in Bull Board, of which the browser has nothing to complain', async () => {
    await page.getByRole('link', { name: 'operations', exact: true }).click()
    await page.waitForURL(`**/queues/queue/operations/${operationId}`)
    await expect.poll(() => page.getByText(/IMPORT_USERS: [\d,]+ rows done/).count()).toBe(1)
    await page.getByRole('link', { name: 'Operation', exact: true }).waitFor()
    for (const queue of ['operations', 'express', 'deliveries', 'dispatch', 'maintenance']) {
      expect(await page.getByRole('navigation').getByRole('link', { name: queue, exact: true }).count()).toBe(1)
    }
    await photograph(page, 'queues')
    expect(complaints).toEqual([])
  })

  it('pauses and resumes a queue in Bull Board', async () => {
    await open('/queues/queue/maintenance')
    for (const [control, answer] of [
      ['Pause', 'pause'],
      ['Resume', 'resume'],
    ] as const) {
      await page.locator('main button[aria-haspopup=menu]').first().click()
      const answered = page.waitForResponse((response) => response.url().endsWith(`/maintenance/${answer}`))
      await page.getByRole('menuitem', { name: control }).click()
      await page.getByRole('button', { name: 'Confirm' }).click()
      expect((await answered).status()).toBe(200)
    }
    expect(complaints).toEqual([])
  })

  it('finds all of that in the audit', async () => {
    await open('/audit')
    const actions = await page.locator('tbody tr').allTextContents()
    for (const action of ['operation.pause', 'operation.resume', 'queue.pause', 'queue.resume', 'sign-in']) {
      expect(actions.some((row) => row.includes(muster.operator.name) && row.includes(action))).toBe(true)
    }
    expect(actions.filter((row) => row.includes(operationId))).toHaveLength(2)
    await photograph(page, 'audit')
  })

  it('signs out, and going back asks to sign in', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL('**/sign-in')
    await page.goBack()
    await page.waitForURL('**/sign-in?next=*')
    await open(`/operations/${operationId}`)
    await page.waitForURL('**/sign-in?next=*')
    expect(await page.getByLabel('Password').count()).toBe(1)
    expect(complaints).toEqual([])
    await page.context().close()
  })
})

describe('a viewer', { timeout: 120_000 }, () => {
  let page: Page
  beforeAll(async () => {
    page = (await sitDown()).page
    await signIn(page, VIEWER)
  })

  it('sees everything, and has no button', async () => {
    await operationRow(page).getByRole('rowheader').getByRole('link').click()
    await page.locator('#lanes tbody tr').first().waitFor()
    expect(await page.getByRole('button').allTextContents()).toEqual(['Sign out'])
    expect(await page.getByRole('link', { name: 'Cancel' }).count()).toBe(0)
  })

  it('is refused what a page of theirs sends nevertheless, and nothing is changed', async () => {
    const token = await page.locator('input[name=_csrf]').first().inputValue()
    const paths = [`/operations/${operationId}/pause`, `/operations/${operationId}/cancel`]
    const statuses = await page.evaluate(
      ({ token, paths }) => {
        const send = async (path: string, method: string) =>
          (await fetch(path, { method, headers: { 'X-XSRF-TOKEN': token } })).status
        return Promise.all([
          ...paths.map((path) => send(path, 'POST')),
          send('/queues/api/queues/operations/pause', 'PUT'),
        ])
      },
      { token, paths },
    )
    expect(statuses).toEqual([405, 405, 405])
    await page.reload()
    expect(await page.locator('#facts .paused').count()).toBe(0)
    expect(['PROCESSING', 'COMPLETED']).toContain(await state(page))
  })

  it('looks at the queues', async () => {
    await page.goto(`${muster.run.dashboard}/queues`)
    await page.getByRole('navigation').getByRole('link', { name: 'express', exact: true }).waitFor()
    await page.context().close()
  })
})
