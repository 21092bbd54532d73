import { readdir, stat, writeFile as write } from 'node:fs/promises'
import { join } from 'node:path'
import { writeCertificates } from './certificates-archive.ts'
import { Client, type Ended, type Fields } from './client.ts'
import { users, writeFile } from './files.ts'
import { type PeakRss, watchingMemory } from './memory.ts'
import { type Options, readOptions } from './options.ts'
import { plainLoopSeconds } from './plain-loop.ts'
import { count, megabytes } from './report.ts'
import type { Stack } from './stack.ts'
import { withTemporaryStack } from './temporary-stack.ts'

const USUAL_ROWS = 100_000
const IMPORT: Fields = [['type', 'IMPORT_USERS']]

/** Where the time of an enrollment went, in seconds; together they are all of it. */
interface Parts {
  /** From the first byte sent until the operation was there. */
  readonly upload: number
  /** Until a worker took it up. */
  readonly queue: number
  /** Until the list of the archive's entries was whole. */
  readonly listing: number
  /** Until the operation had ended. */
  readonly rows: number
}

/** The figures of a run, as they are written with `--json`. */
interface Report {
  readonly rows: number
  readonly archiveBytes: number
  readonly plainLoop: { readonly rowsPerSecond: number; readonly seconds: readonly number[] }
  readonly enroll: {
    readonly rowsPerSecond: number
    readonly ratioToPlainLoop: number
    readonly seconds: Parts
    /** Bytes. */
    readonly peakRss: PeakRss
  }
}

function main({ rows, json }: Options): Promise<void> {
  return withTemporaryStack(async (folder, start) => {
    const archive = join(folder, 'certificates.zip')
    console.log(`writing an archive of ${count(rows)} certificates …`)
    await writeCertificates(archive, rows)
    const report = await measure(await start(), { folder, archive, rows })
    console.log(`\n${table(report)}\n\n${partsTable(report.enroll.seconds)}`)
    if (json !== null) await write(json, `${JSON.stringify(report, null, 2)}\n`)
  })
}

interface Files {
  readonly folder: string
  readonly archive: string
  /** Of each file. */
  readonly rows: number
}

async function measure(stack: Stack, { folder, archive, rows }: Files): Promise<Report> {
  const client = await Client.signIn(stack.run.api, stack.credentials)
  await importUsers(client, join(folder, 'users.csv'), rows)
  const enrolling: Fields = [
    ['type', 'SMART_CARD_ENROLLMENT'],
    ...(await client.factorConfigIds(['SmartCardAuthenticator'])).map((id) => ['factor_configs', id] as const),
    ['certificate_filename_pattern', 'Primary Email'],
  ]

  const before = await plainLoopSeconds(archive, rows)
  tell('plain loop', rows, before)
  const { result: ended, peakRss } = await watchingMemory(stack.run, () => client.carryOut(archive, enrolling))
  expectAllSucceeded('smart card enrollment', rows, ended)
  tell('smart card enrollment', rows, ended.seconds)
  const after = await plainLoopSeconds(archive, rows)
  tell('plain loop again', rows, after)

  // The faster of the two: machines drift, and the comparison is to be no kinder for it.
  const plainLoop = { rowsPerSecond: rows / Math.min(before, after), seconds: [before, after] }
  const rowsPerSecond = rows / ended.seconds
  return {
    rows,
    archiveBytes: (await stat(archive)).size,
    plainLoop,
    enroll: {
      rowsPerSecond,
      ratioToPlainLoop: rowsPerSecond / plainLoop.rowsPerSecond,
      seconds: partsOf(ended, await listedAt(stack.dataFolder)),
      peakRss,
    },
  }
}

async function importUsers(client: Client, file: string, rows: number): Promise<void> {
  await writeFile(file, users, rows)
  expectAllSucceeded('import', rows, await client.carryOut(file, IMPORT))
}

/** Figures of an operation that did something else would mean nothing. */
function expectAllSucceeded(what: string, total: number, { state, rows }: Ended): void {
  if (state === 'COMPLETED' && rows.total === total && rows.succeeded === total) return
  throw new Error(`${what}: ${state} with ${JSON.stringify(rows)}, expected ${total} rows to succeed`)
}

/**
 * When the list of the archive's entries was whole, in milliseconds since 1970. No operation tells it; the file store,
 * in which this is the only copy of a source, does, and without being asked while the clock runs.
 */
async function listedAt(dataFolder: string): Promise<number> {
  const found = (await readdir(dataFolder, { recursive: true })).filter((name) => name.endsWith('.utf8'))
  const [list] = found
  if (list === undefined || found.length > 1) throw new Error(`expected one list of entries, found ${found.length}`)
  return (await stat(join(dataFolder, list))).mtimeMs
}

function partsOf({ moments: { began, created, started, ended } }: Ended, listed: number): Parts {
  return {
    upload: (created - began) / 1_000,
    queue: (started - created) / 1_000,
    listing: (listed - started) / 1_000,
    rows: (ended - listed) / 1_000,
  }
}

function table({ rows, archiveBytes, plainLoop, enroll }: Report): string {
  const lines: readonly (readonly [string, string, string, string, string])[] = [
    [`${count(rows)} rows, ${megabytes(archiveBytes)}`, 'rows/s', 'of the loop', 'worker RSS', 'API RSS'],
    ['---', '---:', '---:', '---:', '---:'],
    ['plain loop', count(plainLoop.rowsPerSecond), '1.00', '', ''],
    [
      'smart card enrollment',
      count(enroll.rowsPerSecond),
      enroll.ratioToPlainLoop.toFixed(2),
      megabytes(enroll.peakRss.worker),
      megabytes(enroll.peakRss.api),
    ],
  ]
  return inMarkdown(lines)
}

function partsTable({ upload, queue, listing, rows }: Parts): string {
  const all = upload + queue + listing + rows
  const line = (part: string, seconds: number): readonly string[] => [
    part,
    seconds.toFixed(2),
    `${Math.round((100 * seconds) / all)} %`,
  ]
  return inMarkdown([
    ['part', 'seconds', 'of all'],
    ['---', '---:', '---:'],
    line('upload', upload),
    line('until a worker takes it up', queue),
    line("list of the archive's entries", listing),
    line('rows', rows),
  ])
}

function inMarkdown(lines: readonly (readonly string[])[]): string {
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function tell(what: string, rows: number, seconds: number): void {
  console.log(`${what}: ${seconds.toFixed(1)} s, ${count(rows / seconds)} rows/s`)
}

main(readOptions(process.argv.slice(2), USUAL_ROWS)).catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
