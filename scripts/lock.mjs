// One process at a time. The lock is a file that names its holder and is touched as long as the holder lives.

import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const TOUCH_MS = 2_000
/** A holder that has not touched its lock for so long is gone, whoever has its process id now. */
const GONE_MS = 30_000
const RETRY_MS = 200

/**
 * Runs `work` while holding the lock file; waits for it as long as another living process holds it.
 * `onWait` is called once, when there is somebody to wait for.
 */
export async function withLock(file, work, onWait = () => {}) {
  for (let waits = 0; !take(file); ) {
    if (isStale(file)) {
      removeStale(file)
      continue
    }
    if (waits++ === 0) onWait()
    await sleep(RETRY_MS)
  }
  const touching = setInterval(() => touch(file), TOUCH_MS)
  const release = () => rmSync(file, { force: true })
  process.once('exit', release)
  try {
    return await work()
  } finally {
    clearInterval(touching)
    process.off('exit', release)
    release()
  }
}

/** The file appears with its contents or not at all: a link, unlike a write, is one step. */
function take(file) {
  const own = `${file}.${process.pid}`
  writeFileSync(own, String(process.pid))
  try {
    linkSync(own, file)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(own, { force: true })
  }
}

function isStale(file) {
  try {
    return !isAlive(Number(readFileSync(file, 'utf8'))) || Date.now() - statSync(file).mtimeMs > GONE_MS
  } catch (error) {
    if (error.code === 'ENOENT') return false
    throw error
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Of two that find the same stale lock, one renames it; what it has renamed by mistake it puts back. */
function removeStale(file) {
  const aside = `${file}.stale.${process.pid}`
  try {
    renameSync(file, aside)
    if (!isStale(aside)) linkSync(aside, file)
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error
  } finally {
    rmSync(aside, { force: true })
  }
}

function touch(file) {
  const now = new Date()
  try {
    utimesSync(file, now, now)
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
}
