import type { Server } from '@muster/embedded'
import { LogFile } from './log-file.ts'
import type { Running } from './supervised-process.ts'

type StartServer = (options: { folder: string; port?: number; log: (line: string) => void }) => Promise<Server>

/** Starts a database server as a supervised process; again on the port that it had the first time. */
export function serverStart(startServer: StartServer, folder: string, logPath: string): () => Promise<Running> {
  const log = new LogFile(logPath)
  let port: number | undefined
  return async () => {
    const server = await startServer({
      folder,
      ...(port === undefined ? {} : { port }),
      log: (line) => log.write(`${line}\n`),
    })
    port = server.port
    return asRunning(server)
  }
}

function asRunning(server: Server): Running {
  let lives = true
  void server.exited.then(() => {
    lives = false
  })
  return {
    pid: server.pid,
    ready: Promise.resolve({ url: server.url, metrics: null }),
    exited: server.exited,
    stop: () => server.stop(),
    kill: () => {
      if (lives) process.kill(server.pid, 'SIGKILL')
    },
  }
}
