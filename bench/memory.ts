import { readFile } from 'node:fs/promises'
import type { Run } from './stack.ts'

/** The most bytes resident at once, of the largest process of a role. */
export interface PeakRss {
  readonly api: number
  readonly worker: number
}

const SAMPLE_EVERY_MS = 100

/** Runs `work` and watches the memory of the stack's processes meanwhile, ten times a second. */
export async function watchingMemory<T>(run: Run, work: () => Promise<T>): Promise<{ result: T; peakRss: PeakRss }> {
  const peak: Record<keyof PeakRss, number> = { api: 0, worker: 0 }
  const sample = async (): Promise<void> => {
    for (const { role, pid } of run.processes) {
      if (role === 'api' || role === 'worker') peak[role] = Math.max(peak[role], await rss(pid))
    }
  }
  let sampling = sample()
  const timer = setInterval(() => {
    sampling = sampling.then(sample)
  }, SAMPLE_EVERY_MS)
  try {
    const result = await work()
    await sampling
    return { result, peakRss: { ...peak } }
  } finally {
    clearInterval(timer)
  }
}

/** Resident bytes of a process (proc(5), VmRSS). */
async function rss(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]
  if (kibibytes === undefined) throw new Error(`process ${pid} has ended`)
  return Number(kibibytes) * 1_024
}
