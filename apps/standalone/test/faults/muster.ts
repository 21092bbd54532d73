import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type Credentials, credentialsFile } from '../../src/credentials.ts'
import { ApiClient } from '../../src/demo/api-client.ts'
import { eventually } from './eventually.ts'
import { scrape, sum } from './metrics.ts'
import { countsOf, expectOutcome } from './outcome.ts'
import { type Recorded, record } from './record.ts'
import { type Access, postOperation, requestToken } from './requests.ts'
import { Supervisor } from './supervisor.ts'
import type { Form, Upload, UploadKind } from './upload.ts'
import { users } from './users-file.ts'

const COMPLETED_WITHIN_MS = 150_000
/** Small chunks, so that an operation lasts long enough to be hit in its middle. */
const SETTINGS = { CHUNK_SIZE: '1000', LOG_LEVEL: 'info' }

/** An upload that has been accepted. */
export interface Started {
  /** The operation's. */
  readonly id: string
  readonly upload: Upload
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

  /** For requests that no client makes. */
  async access(): Promise<Access> {
    const { clientId, clientSecret } = await this.#credentials()
    const { api } = await this.supervisor.run()
    return { api, token: await requestToken(api, clientId, clientSecret) }
  }

  /** Makes an upload and sends it. */
  async start(kind: UploadKind, name: string, rows = kind.rows): Promise<Started> {
    const upload = await kind.make(this, name, rows)
    return { id: await postOperation(await this.access(), upload.form), upload }
  }

  /** Makes an upload of each kind, that part of its rows, and sends them together. */
  async startAll(kinds: readonly UploadKind[], name: string, part = 1): Promise<readonly Started[]> {
    const uploads: Upload[] = []
    for (const kind of kinds) uploads.push(await kind.make(this, `${name}-${kind.title}`, kind.rows * part))
    const access = await this.access()
    return Promise.all(uploads.map(async (upload) => ({ id: await postOperation(access, upload.form), upload })))
  }

  /** Resolves when what was posted has been carried out whole; throws when that is not all that became of it. */
  async carryOut(form: Form): Promise<void> {
    const id = await postOperation(await this.access(), form)
    const { state, total, succeeded } = await this.#ended(id)
    expect({ state, succeeded }).toEqual({ state: 'COMPLETED', succeeded: total })
  }

  async record({ id }: Started): Promise<Recorded> {
    return record(await this.databaseUrl(), id)
  }

  /** Resolves when all of them are claimed, and that part of the rows of whichever is ahead is committed. */
  async furthest(all: readonly Started[], part: number): Promise<readonly Recorded[]> {
    return eventually(`${part} of the rows of an operation to be committed`, 60_000, async () => {
      const now = await Promise.all(all.map((each) => this.record(each)))
      const isReached = now.some(({ done }, index) => done >= part * (all[index]?.upload.rows ?? 0))
      return isReached && now.every(({ lease }) => lease > 0) ? now : null
    })
  }

  /** Resolves when all of them have been claimed since. */
  async claimedAgain(all: readonly Started[], since: readonly Recorded[]): Promise<void> {
    await eventually('the operations to be claimed again', 60_000, async () => {
      const now = await Promise.all(all.map((each) => this.record(each)))
      return now.every(({ lease }, index) => lease > (since[index]?.lease ?? 0)) ? true : null
    })
  }

  /** Resolves when at least so many rows of the operation have been committed. */
  async reached(started: Started, rows: number, withinMs = 60_000): Promise<Recorded> {
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

  /** Resolves when the operation is over, and checks everything that was promised of it. */
  async expectExactlyOnce({ upload, id }: Started): Promise<void> {
    const recorded = await this.#ended(id)
    await expectOutcome(await this.databaseUrl(), id, recorded, upload)
    const told = await eventually('the API to answer', 20_000, async () => (await this.client()).operation(id))
    expect(told).toMatchObject({ state: 'COMPLETED', rows: { ...countsOf(upload), unprocessed: 0 } })
    await this.expectNoMismatch()
  }

  /** A small import goes through once the API answers again: nothing that it needs is stuck. */
  async expectToGoOn(name: string): Promise<void> {
    await eventually('the API to be ready', 30_000, async () => {
      return (await fetch(`${(await this.supervisor.run()).api}/readyz`)).ok ? true : null
    })
    await this.expectExactlyOnce(await this.start(users, name, 1_000))
  }

  /** No worker, dead or alive, has found counts that do not add up. */
  async expectNoMismatch(): Promise<void> {
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

  /** What is printed when a test fails. */
  async describe(): Promise<string> {
    const logs = join(this.supervisor.dataFolder, 'logs')
    const names = await readdir(logs).catch(() => [])
    const texts = await Promise.all(
      names.map(async (name) => `--- ${name}\n${tail(await readFile(join(logs, name), 'utf8'))}`),
    )
    return [...this.supervisor.told.slice(-40), ...texts].join('\n')
  }

  async #ended(id: string): Promise<Recorded> {
    const url = await this.databaseUrl()
    return eventually('the operation to end', COMPLETED_WITHIN_MS, async () => {
      const now = await record(url, id)
      return ['COMPLETED', 'FAILED', 'CANCELLED'].includes(now.state) ? now : null
    })
  }

  async #credentials(): Promise<Credentials> {
    return JSON.parse(await readFile(credentialsFile(this.supervisor.dataFolder), 'utf8'))
  }
}

function tail(text: string): string {
  return text.split('\n').slice(-25).join('\n')
}
