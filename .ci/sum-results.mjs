// Adds up vitest's JSON reports: node sum-results.mjs FOLDER FAILED_STEPS
// In the folder: NAME.json, a run's report, and NAME.failed where the run ended with an error.
// Prints `N passed, N failed` and exits with 1 when anything failed or nothing ran.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, parse } from 'node:path'

const [folder, failedSteps] = process.argv.slice(2)

let passed = 0
let failed = Number(failedSteps)
for (const name of new Set(readdirSync(folder).map((file) => parse(file).name))) {
  const counts = read(join(folder, `${name}.json`))
  passed += counts.passed
  // A run can fail without a failed test: by an error outside of any, or because it took too long.
  failed += counts.failed === 0 && existsSync(join(folder, `${name}.failed`)) ? 1 : counts.failed
}
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1

/** A report that is missing or cut short counts nothing: its run has failed. */
function read(file) {
  try {
    return count(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return { passed: 0, failed: 0 }
  }
}

function count({ numPassedTests, numFailedTests, testResults }) {
  return { passed: numPassedTests, failed: numFailedTests + testResults.filter(hasFailedAsWhole).length }
}

/** A file that could not be loaded, or whose setup failed, has no failed test to show for it. */
function hasFailedAsWhole({ status, assertionResults }) {
  return status === 'failed' && assertionResults.every((result) => result.status !== 'failed')
}
