/** How a process ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: string | null
}

/** Like `was killed by SIGKILL` or `exited with code 1`. */
export function tellExit({ code, signal }: Exit): string {
  return signal === null ? `exited with code ${code}` : `was killed by ${signal}`
}
