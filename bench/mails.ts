import { writeFile as write } from 'node:fs/promises'
import type { Tally } from './mail-server.ts'
import { MailServerProcess } from './mail-server-process.ts'
import { type Options, readOptions } from './options.ts'
import { Passes } from './passes.ts'
import { plainMailsSeconds } from './plain-mails.ts'
import { count } from './report.ts'
import type { Stack } from './stack.ts'
import { withTemporaryStack } from './temporary-stack.ts'

const USUAL_MAILS = 2_000

/** The figures of a run, as they are written with `--json`. */
interface Report {
  readonly mails: number
  readonly plainLoop: {
    readonly mailsPerSecond: number
    readonly seconds: readonly number[]
    readonly bytesPerMail: number
  }
  readonly passes: {
    /** From the first request until everything was COMPLETED. */
    readonly seconds: number
    readonly mailsPerSecond: number
    readonly ratioToPlainLoop: number
    /** From the first mail that the server took to the last. */
    readonly mailsPerSecondAtServer: number
    readonly bytesPerMail: number
  }
}

function main({ rows: mails, json }: Options): Promise<void> {
  return withTemporaryStack(async (_folder, start) => {
    const server = await MailServerProcess.start()
    try {
      const settings = {
        SMTP_URL: `smtp://127.0.0.1:${server.port}`,
        MAIL_FROM: 'Muster <badges@muster.example>',
        MAILS_PER_SECOND: '1000',
      }
      const report = await measure(await start(settings), server, mails)
      console.log(`\n${table(report)}`)
      if (json !== null) await write(json, `${JSON.stringify(report, null, 2)}\n`)
    } finally {
      await server.stop()
    }
  })
}

async function measure(stack: Stack, server: MailServerProcess, mails: number): Promise<Report> {
  const passes = await Passes.signIn(stack)
  const ids = await passes.enroll(mails)

  const before = await plainMailsSeconds(server.port, mails)
  const plain = await allTaken(server, mails)
  tell('plain loop', mails, before)
  const seconds = await passes.send(ids)
  const sent = await allTaken(server, mails)
  tell('mobile flash passes', mails, seconds)
  const after = await plainMailsSeconds(server.port, mails)
  await allTaken(server, mails)
  tell('plain loop again', mails, after)

  // The faster of the two: machines drift, and the comparison is to be no kinder for it.
  const plainLoop = { mailsPerSecond: mails / Math.min(before, after), seconds: [before, after] }
  const mailsPerSecond = mails / seconds
  return {
    mails,
    plainLoop: { ...plainLoop, bytesPerMail: Math.round(plain.bytes / mails) },
    passes: {
      seconds,
      mailsPerSecond,
      ratioToPlainLoop: mailsPerSecond / plainLoop.mailsPerSecond,
      mailsPerSecondAtServer: mails / sent.seconds,
      bytesPerMail: Math.round(sent.bytes / mails),
    },
  }
}

/** Figures of a run in which other mails were sent would mean nothing. */
async function allTaken(server: MailServerProcess, mails: number): Promise<Tally> {
  const tally = await server.tally()
  if (tally.mails !== mails) throw new Error(`the mail server took ${tally.mails} mails, expected ${mails}`)
  return tally
}

function table({ mails, plainLoop, passes }: Report): string {
  const lines: readonly (readonly string[])[] = [
    [`${count(mails)} mails, 10 at once`, 'mails/s', 'of the loop', 'bytes a mail'],
    ['---', '---:', '---:', '---:'],
    ['plain loop', count(plainLoop.mailsPerSecond), '1.00', count(plainLoop.bytesPerMail)],
    [
      'mobile flash passes, request to COMPLETED',
      count(passes.mailsPerSecond),
      passes.ratioToPlainLoop.toFixed(2),
      count(passes.bytesPerMail),
    ],
    ['the same, first mail to last', count(passes.mailsPerSecondAtServer), '', ''],
  ]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function tell(what: string, mails: number, seconds: number): void {
  console.log(`${what}: ${seconds.toFixed(2)} s, ${count(mails / seconds)} mails/s`)
}

main(readOptions(process.argv.slice(2), USUAL_MAILS)).catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
