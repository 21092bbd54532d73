import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Tally, Told } from './mail-server.ts'

const MAIN = fileURLToPath(new URL('./mail-server.js', import.meta.url))

/** A mail server in a process of its own, as it would be elsewhere. */
export class MailServerProcess {
  readonly port: number
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.port = port
  }

  static async start(): Promise<MailServerProcess> {
    const child = fork(MAIN)
    const told = await answer(child)
    if (told.kind !== 'listening') throw new Error('the mail server told something else first')
    return new MailServerProcess(child, told.port)
  }

  /** What it has taken since it was asked last. */
  async tally(): Promise<Tally> {
    const answered = answer(this.#child)
    this.#child.send('tally')
    const told = await answered
    if (told.kind !== 'tally') throw new Error('the mail server told something else')
    return told.tally
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit')
    this.#child.disconnect()
    await exited
  }
}

/** The next thing it tells. Throws when it ends before. */
function answer(child: ChildProcess): Promise<Told> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error('the mail server has ended'))
    child.once('exit', ended)
    child.once('message', (told) => {
      child.off('exit', ended)
      resolve(told as Told)
    })
  })
}
