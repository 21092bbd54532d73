// Checks what Prometheus, Alertmanager and Grafana are given, by Prometheus's and Alertmanager's own tools:
// npm run test:alerts

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { debianProgram } from './debian-program.mjs'

const deploy = fileURLToPath(new URL('..', import.meta.url))
const rules = join(deploy, 'prometheus', 'alerts.yml')
const receivers = join(deploy, 'alertmanager', 'alertmanager.yml')

const promtool = await debianProgram('promtool', 'prometheus')
const amtool = await debianProgram('amtool', 'prometheus-alertmanager')

await run(promtool, ['check', 'config', join(deploy, 'prometheus', 'prometheus.yml')])
await run(promtool, ['check', 'rules', '--lint=all', '--lint-fatal', rules])
await run(promtool, ['test', 'rules', join(deploy, 'prometheus', 'alerts.test.yml')])
await run(amtool, ['check-config', receivers])
for (const severity of ['page', 'ticket']) {
  const route = ['config', 'routes', 'test', `--config.file=${receivers}`, `--verify.receivers=${severity}`]
  await run(amtool, [...route, 'alertname=MusterRedisDown', `severity=${severity}`])
}
await checkDashboards()

/** Rules are what promtool reads PromQL in, so the dashboards' expressions are made some. */
async function checkDashboards() {
  const folder = join(deploy, 'grafana', 'dashboards')
  const scratch = await mkdtemp(join(tmpdir(), 'muster-dashboards-'))
  try {
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.json'))) {
      const expressions = expressionsOf(JSON.parse(await readFile(join(folder, file), 'utf8')))
      const made = expressions.map((expr, index) => ({ record: `panel:${index}`, expr: withoutVariables(expr) }))
      const path = join(scratch, file)
      // JSON is YAML.
      await writeFile(path, JSON.stringify({ groups: [{ name: file, rules: made }] }))
      await run(promtool, ['check', 'rules', '--lint=none', path])
    }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** Those of all panels, wherever they stand. */
function expressionsOf(node) {
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([name, value]) =>
    name === 'expr' && typeof value === 'string' ? [value] : expressionsOf(value),
  )
}

function withoutVariables(expression) {
  return expression.replaceAll(/\$__(rate_)?interval|\$__range/g, '5m').replaceAll(/\$\{?\w+(:\w+)?\}?/g, 'x')
}

async function run(program, args) {
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  const [code, signal] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code ?? signal}`)
}
