import { onStop, run } from '@muster/process'
import { readSettings, type Settings } from './config.ts'
import { credentialsFile } from './credentials.ts'
import { stopWithTerminal } from './parent.ts'
import { Stack, type Started } from './stack.ts'
import { StartRefused } from './start-refused.ts'
import { refuse, say } from './terminal.ts'

run(async () => {
  const settings = readSettings()
  const stack = new Stack(settings, say)
  onStop(async () => {
    say('Stopping …')
    await stack.stop()
    say('Stopped.')
  })
  stopWithTerminal(settings.startedByNpm)
  say('Starting Muster …')
  try {
    announce(settings, await stack.start())
  } catch (error) {
    // Asked to stop while it was starting: the one who asked ends the process.
    if (stack.isStopping) return
    await stack.stop()
    if (!(error instanceof StartRefused)) throw error
    refuse(error.message)
  }
})

function announce(settings: Settings, { run: { api, dashboard }, wallets: { selfMade } }: Started): void {
  say(`Muster is ready.

  API          ${api}
  Dashboard    ${dashboard}
  Credentials  ${credentialsFile(settings.dataFolder)}
  Data, logs   ${settings.dataFolder}

${selfMade.length > 0 ? `${ofSelfMade(selfMade)}\n\n` : ''}Press Ctrl-C to stop; npm start goes on from here.`)
}

function ofSelfMade(wallets: readonly ('Apple' | 'Google')[]): string {
  const settings = wallets.map((wallet) => `${wallet.toUpperCase()}_…`).join(' and ')
  return `Passes for ${wallets.join(' and ')} Wallet are signed by a self-made certificate, which phones do not accept; set ${settings} (docs/configuration.md).`
}
