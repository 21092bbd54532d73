import { openAsBlob } from 'node:fs'
import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { z } from 'zod'
import { type Credentials, credentialsFile } from '../../src/credentials.ts'
import { ApiClient } from '../../src/demo/api-client.ts'
import { eventually } from './eventually.ts'
import { scrape, sum } from './metrics.ts'
import { directory, failedRows, type Recorded, record } from './record.ts'
import { Supervisor } from './supervisor.ts'
import { type UsersFile, writeUsersFile } from './users-file.ts'

const TOKEN = z.object({ access_token: z.string() })
const COMPLETED_WITHIN_MS = 150_000
/** Small chunks, so that an import lasts long enough to be hit in its middle. */
const SETTINGS = { CHUNK_SIZE: '1000', LOG_LEVEL: 'info' }

/** An import that has been accepted. */
export interface Import {
  readonly id: string
  readonly file: UsersFile
}

/** A whole Muster to break, seen from outside: HTTP, `run.json`, and the tables. */
export class Muster {
  readonly supervisor: Supervisor

  private constructor(supervisor: Supervisor) {
    this.supervisor = supervisor
  }

  static async start(settings: Readonly<Record<string, string>> = {}): Promise<Muster> {
    const folder = await mkdtemp(join(tmpdir(), 'muster-faults-'))
    const supervisor = new Supervisor(folder, { ...SETTINGS, ...settings })
    try {
      await supervisor.start()
    } catch (error) {
      await supervisor.remove()
      throw error
    }
    return new Muster(supervisor)
  }

  async databaseUrl(): Promise<string> {
    return (await this.supervisor.run()).databaseUrl
  }

  async client(): Promise<ApiClient> {
    return ApiClient.signIn((await this.supervisor.run()).api, await this.#credentials())
  }

  /** An access token that allows everything, for requests that no client makes. */
  async token(): Promise<string> {
    const { clientId, clientSecret } = await this.#credentials()
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    })
    const answer = await fetch(`${(await this.supervisor.run()).api}/oauth/token`, { method: 'POST', body })
    return TOKEN.parse(await answer.json()).access_token
  }

  /** Uploads a new file of users, whose ids begin with `prefix`. */
  async startImport(prefix: string, rows: number): Promise<Import> {
    const file = await writeUsersFile(join(this.supervisor.dataFolder, `${prefix}.csv`), prefix, rows)
    const client = await this.client()
    const { id } = await client.importUsers(await openAsBlob(file.path), 'users.csv', 'UTF-8')
    return { id, file }
  }

  async record({ id }: Import): Promise<Recorded> {
    return record(await this.databaseUrl(), id)
  }

  /** Resolves when at least so many rows of the import have been committed. */
  async reached(started: Import, rows: number, withinMs = 60_000): Promise<Recorded> {
    const url = await this.databaseUrl()
    return eventually(`row ${rows} to be committed`, withinMs, async () => {
      const now = await record(url, started.id)
      return now.done >= rows ? now : null
    })
  }

  /** The id of the worker that is committing rows now. */
  async busyWorker(): Promise<number> {
    const before = new Map<number, number>()
    return eventually('a worker to commit rows', 20_000, async () => {
      for (const { pid, metrics } of await this.supervisor.entries('worker')) {
        if (metrics === undefined) continue
        const rows = sum(await scrape(metrics), 'muster_rows_total')
        const earlier = before.get(pid)
        if (earlier !== undefined && rows > earlier) return pid
        before.set(pid, rows)
      }
      return null
    })
  }

  /** Resolves when the import is over, and checks everything that was promised of it. */
  async expectExactlyOnce(started: Import): Promise<void> {
    const { file, id } = started
    const url = await this.databaseUrl()
    await eventually('the import to end', COMPLETED_WITHIN_MS, async () => {
      return ['COMPLETED', 'FAILED', 'CANCELLED'].includes((await record(url, id)).state) ? true : null
    })
    const good = file.rows - file.planted.length
    const counts = { total: file.rows, succeeded: good, unchanged: 0, failed: file.planted.length }
    expect(await record(url, id)).toMatchObject({ state: 'COMPLETED', ...counts, done: file.rows })
    expect(await failedRows(url, id)).toEqual(file.planted)
    // Every tenth row joins a group, and none of those is bad but the last.
    const memberships = file.rows / 10 - 1
    expect(await directory(url, id, file)).toEqual({ users: good, distinct: good, missing: 0, wrong: 0, memberships })
    const told = await eventually('the API to answer', 20_000, async () => (await this.client()).operation(id))
    expect(told).toMatchObject({ state: 'COMPLETED', rows: { ...counts, unprocessed: 0 } })
    await this.#expectNoMismatch()
  }

  /** A small import goes through once the API answers again: nothing that it needs is stuck. */
  async expectToGoOn(prefix: string): Promise<void> {
    await eventually('the API to be ready', 30_000, async () => {
      return (await fetch(`${(await this.supervisor.run()).api}/readyz`)).ok ? true : null
    })
    await this.expectExactlyOnce(await this.startImport(prefix, 1_000))
  }

  /** What is printed when a test fails. */
  async describe(): Promise<string> {
    const logs = join(this.supervisor.dataFolder, 'logs')
    const names = await readdir(logs).catch(() => [])
    const texts = await Promise.all(
      names.map(async (name) => `--- ${name}\n${tail(await readFile(join(logs, name), 'utf8'))}`),
    )
    return [...this.supervisor.told.slice(-40), ...texts].join('\n')
  }

  async #credentials(): Promise<Credentials> {
    return JSON.parse(await readFile(credentialsFile(this.supervisor.dataFolder), 'utf8'))
  }

  /** No worker, dead or alive, has found counts that do not add up. */
  async #expectNoMismatch(): Promise<void> {
    const workers = await eventually('the workers to tell their metrics', 20_000, async () => {
      const entries = await this.supervisor.entries('worker')
      return Promise.all(entries.map(({ metrics = '' }) => scrape(metrics)))
    })
    for (const text of workers) expect(sum(text, 'muster_row_conservation_mismatches_total')).toBe(0)
    // The counters of a worker that was killed went with it; its log did not.
    const logs = join(this.supervisor.dataFolder, 'logs')
    for (const name of await readdir(logs)) {
      if (name.startsWith('worker')) expect(await readFile(join(logs, name), 'utf8')).not.toContain('do not add up')
    }
  }
}

function tail(text: string): string {
  return text.split('\n').slice(-25).join('\n')
}
