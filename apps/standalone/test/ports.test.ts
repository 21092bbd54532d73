import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readSettings } from '../src/config.ts'
import { requirePorts } from '../src/ports.ts'

describe('the ports asked for', () => {
  it('are told together when others have them', async () => {
    const [PORT, DASHBOARD_PORT] = [await takenPort(), await takenPort()]
    const refused = requirePorts(readSettings({ PORT, DASHBOARD_PORT }), false)
    await expect(refused).rejects.toThrow(
      `Port ${PORT} is taken by another program. Set PORT to a free one; 0 picks one.`,
    )
    await expect(refused).rejects.toThrow(`Set DASHBOARD_PORT`)
  })

  it('are waited for when they may be held by what an earlier run left', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const waiting = requirePorts(readSettings({ PORT: portOf(server), DASHBOARD_PORT: '0' }), true)
    server.close()
    await expect(waiting).resolves.toBeUndefined()
  })

  it('must differ', async () => {
    await expect(requirePorts(readSettings({ PORT: '9', DASHBOARD_PORT: '9' }), false)).rejects.toThrow('must differ')
  })

  it('are free to be picked', async () => {
    await expect(requirePorts(readSettings({ PORT: '0', DASHBOARD_PORT: '0' }), false)).resolves.toBeUndefined()
  })
})

async function takenPort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return portOf(server)
}

function portOf(server: ReturnType<typeof createServer>): string {
  return String((server.address() as AddressInfo).port)
}
