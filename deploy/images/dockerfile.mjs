// Reads of a Dockerfile what this one uses, and copies of the sources what an engine would be sent.

import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Stages in their order: { name, base, steps: [{ instruction, words }] }. */
export function readStages(file) {
  const stages = []
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const [instruction, ...words] = line.split(' ')
    if (instruction === 'FROM') stages.push({ base: words[0], name: words[2], steps: [] })
    else stages.at(-1).steps.push({ instruction, words })
  }
  return stages
}

/** The variables that ENV sets in a stage and those it stands on; the nearest one counts. */
export function environmentOf(stages, name) {
  const stage = stages.find((other) => other.name === name)
  if (stage === undefined) return {}
  const text = stage.steps.flatMap(({ instruction, words }) => (instruction === 'ENV' ? words : [])).join(' ')
  const own = [...text.matchAll(/(\w+)=(?:"([^"]*)"|(\S+))/g)].map(([, key, quoted, bare]) => [key, quoted ?? bare])
  return { ...environmentOf(stages, stage.base), ...Object.fromEntries(own) }
}

/** Copies the files of the repository that .dockerignore lets through, those that are not committed yet among them. */
export function copyContext(root, folder) {
  const rules = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n').filter(isRule).map(toRule)
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
  for (const path of listed.toString().split('\0')) {
    if (path === '' || isIgnored(path, rules) || !existsSync(join(root, path))) continue
    cpSync(join(root, path), join(folder, path))
  }
}

function isRule(line) {
  return line !== '' && !line.startsWith('#')
}

/** A pattern holds for what is below it too; `*` is a part of one name, `**` any number of folders. */
function toRule(line) {
  const pattern = line.replace(/^!/, '').replace(/[.+()[\]]/g, '\\$&')
  const source = pattern.replaceAll('**/', '\0').replaceAll('*', '[^/]*').replaceAll('\0', '(?:.*/)?')
  return { isException: line.startsWith('!'), expression: new RegExp(`^${source}(?:/|$)`) }
}

/** The last rule that holds for a path counts. */
function isIgnored(path, rules) {
  const rule = rules.findLast(({ expression }) => expression.test(path))
  return rule !== undefined && !rule.isException
}
