// A Prometheus with the rules of alerts.yml, for which time passes faster.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { debianProgram } from './debian-program.mjs'
import { freePorts } from './stack.mjs'

/** What a minute of the rules lasts here. */
const MINUTE_SECONDS = 2
const READY_WITHIN_MS = 30_000
const LOOK_EVERY_MS = 200

/** Starts Prometheus on a folder; `targets` has the `host:port` of each job's processes. */
export async function startPrometheus(folder, targets) {
  const program = await debianProgram('prometheus', 'prometheus')
  await mkdir(folder)
  const rules = await readFile(new URL('../prometheus/alerts.yml', import.meta.url), 'utf8')
  await writeFile(join(folder, 'alerts.yml'), inLessTime(rules))
  await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(configuration(targets)))
  const [port] = await freePorts(1)
  const child = spawn(
    program,
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  )
  const prometheus = new Prometheus(`http://127.0.0.1:${port}`, child)
  await prometheus
    .until('Prometheus is ready', READY_WITHIN_MS, () => prometheus.isReady())
    .catch(async (error) => {
      await prometheus.stop()
      throw error
    })
  return prometheus
}

/** Every minute of the rules becomes `MINUTE_SECONDS`. Throws when a time is not told in minutes. */
function inLessTime(rules) {
  const told = rules
    .replaceAll(/(\[|offset |for: )(\d+)m\b/g, (_, before, minutes) => `${before}${minutes * MINUTE_SECONDS}s`)
    .replaceAll('* 60', `* ${MINUTE_SECONDS}`)
  const left = /(\[|offset |for: )\d+(?!\d*s\b).*/.exec(told)
  if (left !== null) throw new Error(`alerts.yml tells a time that is not in minutes: ${left[0]}`)
  return told
}

function configuration(targets) {
  return {
    // A value that cannot be asked for holds up a scrape for two seconds.
    global: { scrape_interval: '3s', scrape_timeout: '3s', evaluation_interval: '1s' },
    rule_files: ['alerts.yml'],
    scrape_configs: Object.entries(targets).map(([part, target]) => ({
      job_name: `muster-${part}`,
      static_configs: [{ targets: [target] }],
    })),
  }
}

class Prometheus {
  #url
  #child

  constructor(url, child) {
    this.#url = url
    this.#child = child
  }

  async isReady() {
    if (this.#child.exitCode !== null) throw new Error('Prometheus ended instead of starting')
    return fetch(`${this.#url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
  }

  /** The names of the alerts that fire, each once. */
  async firing() {
    const { data } = await this.#get('/api/v1/alerts')
    return [...new Set(data.alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname))]
  }

  /** The value of an expression that has one; null when it has none. */
  async value(expression) {
    const { data } = await this.#get(`/api/v1/query?query=${encodeURIComponent(expression)}`)
    return data.result.length === 0 ? null : Number(data.result[0].value[1])
  }

  /** Looks until it is so, and answers the seconds that took. Throws when it is not so in time. */
  async until(what, milliseconds, isSo) {
    const began = performance.now()
    while (!(await isSo())) {
      if (performance.now() - began > milliseconds) throw new Error(`not within ${milliseconds / 1_000} s: ${what}`)
      await sleep(LOOK_EVERY_MS)
    }
    return (performance.now() - began) / 1_000
  }

  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await exited
  }

  async #get(path) {
    const answer = await fetch(`${this.#url}${path}`)
    if (!answer.ok) throw new Error(`Prometheus answered ${answer.status} to ${path}: ${await answer.text()}`)
    return answer.json()
  }
}
