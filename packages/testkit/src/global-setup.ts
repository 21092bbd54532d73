import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '@muster/database'
import { type Server, startPostgres } from '@muster/embedded'
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'
import { TEMPLATE } from './provided.ts'
import { RUN_PREFIX, removeDeadRuns, stopRedisOf } from './runs.ts'

/**
 * Starts one PostgreSQL for the whole run and migrates the template database in it.
 * @returns what stops and removes all of it
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeDeadRuns(tmpdir())
  const folder = await mkdtemp(join(tmpdir(), RUN_PREFIX))
  // As root PostgreSQL runs as a user of its own, who has to get in.
  await chmod(folder, 0o755)
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const postgres = await startTemplate(join(folder, 'postgres'))
    project.provide('postgresUrl', postgres.url)
    project.provide('runFolder', folder)
    return async () => {
      // A test file that was killed could not stop its own.
      await stopRedisOf(folder)
      await postgres.stop()
      await remove()
    }
  } catch (error) {
    await remove()
    throw error
  }
}

async function startTemplate(folder: string): Promise<Server> {
  const server = await startPostgres({
    folder,
    // Nothing here has to outlive the machine: what does is tested on servers of its own.
    flags: ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=300'],
  })
  try {
    const client = new Client(server.url)
    await client.connect()
    await client.query(`create database ${TEMPLATE}`)
    await client.end()
    const url = new URL(server.url)
    url.pathname = TEMPLATE
    await migrate(url.href)
    return server
  } catch (error) {
    await server.stop()
    throw error
  }
}
