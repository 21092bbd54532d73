/** What a process tells the supervisor that started it, over Node's IPC channel. */
export interface Ready {
  readonly ready: true
  /** Where it listens, like `http://127.0.0.1:8080`. */
  readonly url: string
  /** Where its `/metrics` is. */
  readonly metrics: string
}

/** Tells the supervisor, where there is one, that this process serves. */
export function tellReady(url: string, metrics = url): void {
  const message: Ready = { ready: true, url, metrics }
  process.send?.(message)
}

const STOP_WITHIN_MS = 14_000

/**
 * Runs `stop` once, on SIGTERM, SIGINT or when the supervisor is gone, and exits: 0 when it
 * returns, 1 when it throws or takes longer than 14 s.
 */
export function onStop(stop: (why: string) => Promise<void>): void {
  let stopping = false
  const begin = (why: string): void => {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref()
    stop(why).then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => begin(signal))
  if (process.send === undefined) return
  process.on('disconnect', () => begin('the supervisor is gone'))
  // It may have gone before anybody listened.
  if (!process.connected) begin('the supervisor is gone')
}

/** Runs a composition root; what it throws is printed and the process exits with 1. */
export function run(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    const text =
      error instanceof Error && error.name !== 'SettingsError' ? error.stack : String((error as Error).message ?? error)
    process.stderr.write(`${text}\n`, () => process.exit(1))
  })
}
