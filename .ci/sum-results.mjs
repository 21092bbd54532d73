// Adds up what the steps left in a folder: node sum-results.mjs FOLDER
// There: NAME.json, the report of a run of vitest, and NAME.failed where a step ended with an error.
// Prints what failed, then `N passed, N failed`, and exits with 1 when anything failed or nothing ran.

import { readdirSync, readFileSync } from 'node:fs'
import { join, parse, relative } from 'node:path'

const MESSAGE_LINES = 12

const [folder] = process.argv.slice(2)
const files = readdirSync(folder)

let passed = 0
const failures = []
for (const name of new Set(files.map((file) => parse(file).name))) {
  const report = files.includes(`${name}.json`) ? read(join(folder, `${name}.json`)) : { passed: 0, failures: [] }
  passed += report.passed
  failures.push(...report.failures.map((failure) => `${name}: ${failure}`))
  // A run can fail without a failed test: by an error outside of any, or because it took too long.
  if (report.failures.length === 0 && files.includes(`${name}.failed`)) failures.push(name)
}
if (failures.length > 0) console.log(`\n=== Failed\n${failures.join('\n')}`)
console.log(`\n${passed} passed, ${failures.length} failed`)
process.exitCode = failures.length === 0 && passed > 0 ? 0 : 1

/** A report that is missing or cut short counts nothing: its run has failed. */
function read(file) {
  try {
    const { numPassedTests, testResults } = JSON.parse(readFileSync(file, 'utf8'))
    return { passed: numPassedTests, failures: testResults.flatMap(failuresOf) }
  } catch {
    return { passed: 0, failures: [] }
  }
}

/** A file that could not be loaded, or whose setup failed, has no failed test to show for it. */
function failuresOf({ name, status, message, assertionResults }) {
  const file = relative(process.cwd(), name)
  const tests = assertionResults.filter((result) => result.status === 'failed')
  if (status === 'failed' && tests.length === 0) return [`${file}\n${shorten(message)}`]
  return tests.map(({ fullName, failureMessages }) => `${file} > ${fullName}\n${shorten(failureMessages.join('\n'))}`)
}

function shorten(message) {
  const lines = message.split('\n').slice(0, MESSAGE_LINES)
  return lines.map((line) => `  ${line}`).join('\n')
}
