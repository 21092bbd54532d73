import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomically } from './atomic-file.ts'

const ROLES = ['api', 'worker', 'dashboard', 'postgres', 'redis'] as const

export type Role = (typeof ROLES)[number]

const RUN = z.object({
  api: z.string(),
  dashboard: z.string(),
  databaseUrl: z.string(),
  redisUrl: z.string(),
  processes: z.array(z.object({ role: z.enum(ROLES), pid: z.number(), metrics: z.string().optional() })),
})

/** What runs, for programs that want to find it: the contents of `run.json`. */
export type Run = z.infer<typeof RUN>

/**
 * The file `run.json` of a data folder. It is there from when everything is ready until a clean
 * stop; it holds passwords, so only its owner may read it.
 */
export class RunFile {
  readonly #path: string
  #wanted: Run | null = null
  #writing: Promise<void> = Promise.resolve()

  constructor(dataFolder: string) {
    this.#path = join(dataFolder, 'run.json')
  }

  /** What an earlier run left behind, null when it stopped cleanly or its file makes no sense. */
  async left(): Promise<Run | null> {
    const text = await readFile(this.#path, 'utf8').catch(() => null)
    if (text === null) return null
    try {
      return RUN.parse(JSON.parse(text))
    } catch {
      return null
    }
  }

  /** Replaces the file. Of several calls during a write only the last is written. */
  async write(run: Run): Promise<void> {
    this.#wanted = run
    return this.#after(async () => {
      const wanted = this.#wanted
      this.#wanted = null
      if (wanted !== null) await writeAtomically(this.#path, `${JSON.stringify(wanted, null, 2)}\n`)
    })
  }

  async remove(): Promise<void> {
    this.#wanted = null
    return this.#after(() => rm(this.#path, { force: true }))
  }

  async #after(work: () => Promise<void>): Promise<void> {
    const done = this.#writing.then(work)
    this.#writing = done.catch(() => {})
    return done
  }
}
