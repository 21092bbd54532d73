import { Readable } from 'node:stream'

/**
 * A message's bytes, which tell whether anybody began to read them. They are read only once the server said that it
 * takes them: before that, it surely has nothing of the message.
 */
export class Message extends Readable {
  readonly #bytes: Buffer
  #began = false

  constructor(bytes: Buffer) {
    super()
    this.#bytes = bytes
  }

  get began(): boolean {
    return this.#began
  }

  override _read(): void {
    this.#began = true
    this.push(this.#bytes)
    this.push(null)
  }
}
