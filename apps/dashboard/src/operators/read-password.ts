import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import type { ReadStream } from 'node:tty'
import { CommandFailed } from './run-command.ts'

/** Longer than any password that is taken. */
const MOST_BYTES = 8_192

/**
 * A password: from a terminal asked for twice, without showing it; else the first line. Throws CommandFailed when
 * there is none, or the two differ.
 */
export async function readPassword(input: ReadStream, output: Writable): Promise<string> {
  return input.isTTY ? asked(input, output) : firstLine(input)
}

async function asked(input: ReadStream, output: Writable): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  // One for both questions, and before the first: while there is none, the terminal shows what is typed.
  const lines = createInterface({ input, output: nowhere, terminal: true })
  const cancelled = new AbortController()
  for (const event of ['SIGINT', 'close'] as const) lines.once(event, () => cancelled.abort())
  const ask = async (question: string) => {
    output.write(question)
    const answer = lines.question('', { signal: cancelled.signal }).catch(() => {
      throw new CommandFailed('No password was given; nothing was changed.')
    })
    return answer.finally(() => output.write('\n'))
  }
  try {
    const password = await ask('Password: ')
    if (password !== (await ask('Once more: ')))
      throw new CommandFailed('The two passwords differ; nothing was changed.')
    return password
  } finally {
    lines.close()
  }
}

async function firstLine(input: ReadStream): Promise<string> {
  input.setEncoding('utf8')
  let text = ''
  for await (const chunk of input) {
    text += String(chunk)
    if (text.includes('\n') || text.length > MOST_BYTES) break
  }
  const [line = ''] = text.split(/\r?\n/)
  if (line === '') throw new CommandFailed('No password was given: it is the first line of the standard input.')
  return line
}
