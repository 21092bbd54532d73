import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { testFolder } from '@muster/testkit'
import { beforeEach, describe, expect, it } from 'vitest'
import { compose } from './compose.ts'
import { ROOT } from './workspace.ts'

const script = join(ROOT, 'deploy/make-secrets.sh')

let folder: string
beforeEach(async () => {
  folder = await testFolder()
})

describe('make-secrets.sh', () => {
  it('makes the secrets that docker-compose.yml names, and no others', () => {
    expect(make().status).toBe(0)
    expect([...files()].sort()).toEqual(Object.keys(compose().secrets).sort())
  })

  it('makes a folder that is for its owner alone, of files that any container may read and none may write', () => {
    make()
    expect(mode('secrets')).toBe(0o700)
    for (const name of files()) expect(mode(`secrets/${name}`), name).toBe(0o444)
    expect(mode('secrets/wallets')).toBe(0o755)
  })

  it('makes secrets that fit together', () => {
    make()
    const database = new URL(secret('database-url'))
    expect([database.username, database.host]).toEqual(['muster', 'postgres:5432'])
    expect(database.password).toBe(secret('postgres-password'))
    expect(secret('redis-auth')).toBe(`requirepass ${new URL(secret('redis-url')).password}`)
    expect(new URL(secret('smtp-url')).host).toBe('mailpit:1025')
    expect(Buffer.from(secret('secrets-key'), 'base64').length).toBe(32)
  })

  it('makes every random one anew, and long enough', async () => {
    const random = (name: string) => /password|secret$|secret-|key|redis-auth/.test(name) && secret(name) !== ''
    make()
    const first = files().filter(random).map(secret)
    expect(first.length).toBe(8)
    for (const value of first) expect(value.length).toBeGreaterThanOrEqual(20)
    folder = await testFolder()
    make()
    expect(new Set([...first, ...files().filter(random).map(secret)]).size).toBe(16)
  })

  it('changes nothing when all is there', () => {
    make()
    const before = files().map(secret)
    expect(make()).toMatchObject({ status: 0, stdout: 'All secrets were there; nothing is changed.\n' })
    expect(files().map(secret)).toEqual(before)
  })

  it('adds what is missing beside what is there', () => {
    mkdirSync(join(folder, 'secrets'))
    writeFileSync(join(folder, 'secrets/smtp-url'), 'smtps://mail.example.com\n')
    make()
    const password = secret('postgres-password')
    rmSync(join(folder, 'secrets/operator-password'))
    expect(make().stdout).toMatch(/^Made in \.\/secrets:\n {2}operator-password\n/)
    expect(secret('postgres-password')).toBe(password)
    expect(secret('smtp-url')).toBe('smtps://mail.example.com')
  })

  it('tells what it made, and no secret', () => {
    const { stdout } = make()
    for (const name of files()) expect(stdout).toContain(`  ${name}\n`)
    for (const value of files().map(secret)) if (value !== '') expect(stdout).not.toContain(value)
  })

  it('leaves no empty secret behind when no random bytes are to be had', () => {
    mkdirSync(join(folder, 'bin'))
    writeFileSync(join(folder, 'bin/openssl'), '#!/bin/sh\nexit 1\n')
    chmodSync(join(folder, 'bin/openssl'), 0o755)
    expect(make({ PATH: `${join(folder, 'bin')}:${process.env['PATH']}` }).status).not.toBe(0)
    expect(existsSync(join(folder, 'secrets/postgres-password'))).toBe(false)
  })
})

function make(env: NodeJS.ProcessEnv = {}) {
  const { status, stdout } = spawnSync(script, { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env } })
  return { status, stdout }
}

function files(): readonly string[] {
  const entries = readdirSync(join(folder, 'secrets'), { withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
}

function secret(name: string): string {
  return readFileSync(join(folder, 'secrets', name), 'utf8').replace(/\n$/, '')
}

function mode(path: string): number {
  return statSync(join(folder, path)).mode & 0o777
}
