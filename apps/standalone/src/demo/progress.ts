const WIDTH = 28
/** Where nothing can be drawn over, a line is printed this often. */
const LINE_EVERY_MS = 2_000

/** Shows how far something is: a bar that moves in a terminal, a line now and then elsewhere. */
export class Progress {
  readonly #out: NodeJS.WriteStream
  readonly #total: number
  readonly #began = performance.now()
  #lastLine = performance.now()

  constructor(total: number, out: NodeJS.WriteStream = process.stdout) {
    this.#total = total
    this.#out = out
  }

  show(done: number): void {
    if (this.#out.isTTY) {
      this.#out.write(`\r  ${this.#bar(done)}\x1b[K`)
    } else if (performance.now() - this.#lastLine >= LINE_EVERY_MS) {
      this.#lastLine = performance.now()
      this.#out.write(`  ${this.#bar(done)}\n`)
    }
  }

  /** Leaves the last state on the screen. */
  end(done: number): void {
    this.#out.write(`${this.#out.isTTY ? '\r' : ''}  ${this.#bar(done)}${this.#out.isTTY ? '\x1b[K' : ''}\n`)
  }

  #bar(done: number): string {
    const part = this.#total === 0 ? 1 : Math.min(done / this.#total, 1)
    const full = Math.round(part * WIDTH)
    const seconds = (performance.now() - this.#began) / 1_000
    const percent = `${Math.floor(part * 100)} %`.padStart(5)
    return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${percent}  ${count(done)} rows  ${seconds.toFixed(1)} s`
  }
}

/** Like `10,000`. */
export function count(n: number): string {
  return n.toLocaleString('en-US')
}
