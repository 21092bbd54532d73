import { execFileSync } from 'node:child_process'
import { type Browser, chromium } from 'playwright-core'

/** The machine's own Chromium, without a window. Throws with a sentence that says how to get one. */
export function launchChromium(): Promise<Browser> {
  // As root, and in containers, Chromium's own sandbox does not start; it sees our own pages alone.
  return chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}

function findChromium(): string {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    try {
      return execFileSync('which', [name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    } catch {
      // The next name, then.
    }
  }
  throw new Error('The browser tests need Chromium, and there is none on PATH: apt-get install chromium')
}
