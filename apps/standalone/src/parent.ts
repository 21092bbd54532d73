const LOOK_EVERY_MS = 1_000

/**
 * Makes a closed terminal a request to stop, like SIGTERM; and the end of npm too, when npm is
 * what Muster was started by: npm passes signals on only to the shell that it runs a script with.
 */
export function stopWithTerminal(startedByNpm: boolean): void {
  const stop = (): void => {
    process.kill(process.pid, 'SIGTERM')
  }
  process.once('SIGHUP', stop)
  if (!startedByNpm) return
  const parent = process.ppid
  const looking = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(looking)
    stop()
  }, LOOK_EVERY_MS)
  looking.unref()
}
