// Who listens may leave (`npm start | head`): that must not end what runs.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

/** Tells the user a line. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Tells the user why Muster does not start, and ends this process with 1. */
export function refuse(line: string): void {
  process.stderr.write(`${line}\n`, () => process.exit(1))
}
