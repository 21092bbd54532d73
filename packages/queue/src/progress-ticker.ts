/** Progress as operators see it. */
export interface TurnProgress {
  /** Rows of the operation that have an outcome. */
  readonly rowsDone: number
}

export interface ProgressTicker {
  tick(progress: TurnProgress): void
  /** Sends what was held back, if anything was. */
  flush(): Promise<void>
}

const EVERY_MS = 1_000

/**
 * Sends at most one progress a second, one at a time, and the newest. A failure to send is ignored:
 * the truth is in PostgreSQL, and BullMQ's event stream is short.
 */
export function progressTicker(send: (progress: TurnProgress) => Promise<void>): ProgressTicker {
  let held: TurnProgress | null = null
  let sending: Promise<void> | null = null
  let sentAt = Number.NEGATIVE_INFINITY

  const sendHeld = (): Promise<void> => {
    const progress = held
    if (progress === null) return Promise.resolve()
    held = null
    sentAt = performance.now()
    const sent = send(progress)
      .catch(() => {})
      .finally(() => {
        sending = null
      })
    sending = sent
    return sent
  }

  return {
    tick(progress) {
      held = progress
      if (sending === null && performance.now() - sentAt >= EVERY_MS) void sendHeld()
    },
    async flush() {
      await sending
      await sendHeld()
    },
  }
}
