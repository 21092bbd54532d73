import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * Asks until the server answers, which it does when it has read its append-only file, however long that takes.
 * @returns false when it ended before
 */
export async function answersPing(port: number, password: string, exited: Promise<unknown>): Promise<boolean> {
  let ended = false
  void exited.then(() => {
    ended = true
  })
  while (!ended) {
    if (await ping(port, password)) return !ended
    await delay(20)
  }
  return false
}

/** Whether the Redis at this port of 127.0.0.1 takes the password and answers PING. */
export function ping(port: number, password: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.setTimeout(1_000, () => socket.destroy())
    socket.on('connect', () => socket.write(`AUTH ${password}\r\nPING\r\n`))
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
      // Two lines, as the protocol has it (RESP): +OK and +PONG, or an error, which begins with a minus.
      if (answer.split('\r\n').length > 2) socket.destroy()
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(answer === '+OK\r\n+PONG\r\n'))
  })
}
