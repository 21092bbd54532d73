// Proves the alerts on a real Prometheus: starts the whole stack, makes four things go wrong one after the other, and
// sees the alert of each fire, and clear when it is mended. npm run prove:alerts

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPrometheus } from './prometheus.mjs'
import { situations } from './situations.mjs'
import { Stack } from './stack.mjs'

const QUIET_WITHIN_MS = 40_000
const FIRES_WITHIN_MS = 60_000
const CLEARS_WITHIN_MS = 60_000

/** Tells of the machine that this runs on, which may be as it likes. */
const OF_THE_MACHINE = ['MusterDiskNearlyFull']

const folder = await mkdtemp(join(tmpdir(), 'muster-proof-'))
const stack = new Stack(folder)
let prometheus = null
let startingPrometheus = null
let cleaning = null

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => void cleanUp().finally(() => process.exit(1)))
}
try {
  await prove()
} finally {
  await cleanUp()
}

async function prove() {
  say('Starting PostgreSQL, Redis, an API, a worker, a dashboard and Prometheus …')
  await stack.start()
  if (cleaning !== null) throw new Error('stopped')
  startingPrometheus = startPrometheus(join(folder, 'prometheus'), stack.targets)
  prometheus = await startingPrometheus
  await prometheus.until('all parts are watched', QUIET_WITHIN_MS, isWatched)
  await prometheus.until('no alert fires before anything is broken', QUIET_WITHIN_MS, isQuiet)
  for (const situation of situations(stack)) await see(situation)
  await prometheus.until('no alert fires when everything is mended', QUIET_WITHIN_MS, isQuiet)
  say('All four alerts fired, and cleared.')
}

async function see({ name, alert, break: breakIt, mend }) {
  if (await fires(alert)) throw new Error(`${alert} fires before ${name}`)
  await breakIt()
  const fired = await prometheus.until(`${alert} fires as ${name}`, FIRES_WITHIN_MS, () => fires(alert))
  const others = (await firing()).filter((each) => each !== alert)
  await mend()
  const cleared = await prometheus.until(`${alert} clears`, CLEARS_WITHIN_MS, async () => !(await fires(alert)))
  const beside = others.length === 0 ? '' : ` (beside it: ${others.join(', ')})`
  say(`${alert}: ${name}; fired after ${fired.toFixed(1)} s, cleared after ${cleared.toFixed(1)} s${beside}`)
}

async function isWatched() {
  return (await prometheus.value('count(up == 1) == 3 and on () max(muster_workers) > 0')) !== null
}

async function isQuiet() {
  return (await firing()).length === 0
}

async function fires(alert) {
  return (await firing()).includes(alert)
}

async function firing() {
  return (await prometheus.firing()).filter((alert) => !OF_THE_MACHINE.includes(alert))
}

function cleanUp() {
  cleaning ??= (async () => {
    await (await startingPrometheus?.catch(() => null))?.stop()
    await stack.stop()
    await rm(folder, { recursive: true, force: true })
  })()
  return cleaning
}

function say(line) {
  process.stdout.write(`${line}\n`)
}
