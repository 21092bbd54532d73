import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Script } from 'node:vm'
import express from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assets } from '../../src/assets/assets.ts'
import { REFRESH_SCRIPT } from '../../src/assets/refresh-script.ts'
import { layout } from '../../src/layout.ts'

let server: Server
let url: string
beforeAll(async () => {
  server = createServer(express().use('/assets', assets()))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

describe('the assets', () => {
  it('are all that a page of the layout loads, each of its type, and asked for again only when they have changed', async () => {
    const who = { name: 'Grace', role: 'viewer', csrf: 'x' } as const
    const html = layout({ title: 'T', active: 'audit', signedIn: who }, '')
    const loaded = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path)
    const types: (string | null)[] = []
    for (const path of loaded) {
      const response = await fetch(`${url}${path}`)
      expect(response.status).toBe(200)
      expect((await response.text()).length).toBeGreaterThan(50)
      types.push(response.headers.get('content-type'))
      const etag = response.headers.get('etag') ?? ''
      // As browsers ask; fetch would add no-cache.
      const headers = { 'If-None-Match': etag, 'Cache-Control': 'max-age=0' }
      expect((await fetch(`${url}${path}`, { headers })).status).toBe(304)
    }
    expect(types).toEqual([
      expect.stringContaining('image/svg+xml'),
      expect.stringContaining('text/css'),
      expect.stringContaining('javascript'),
    ])
    expect(html).not.toMatch(/<script(?![^>]*src=)|<style| style=| on\w+=/)
  })

  it('have a script that can be read', () => {
    expect(() => new Script(REFRESH_SCRIPT)).not.toThrow()
  })
})
