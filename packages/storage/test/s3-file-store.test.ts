import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { inspect } from 'node:util'
import type { FileStore } from '@muster/engine/ports'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { S3Settings } from '../src/s3/s3-settings.ts'
import { s3FileStore } from '../src/s3-file-store.ts'
import { bytesOf, chunks, manyBytes, text } from './bytes.ts'
import { type FaultyProxy, faultyProxy } from './faulty-proxy.ts'
import { fileStoreContract } from './file-store-contract.ts'
import { type S3Server, s3Server, settingsFor } from './s3-server.ts'

const DAY_MS = 24 * 3_600_000

async function* folderNames(store: FileStore): AsyncIterable<Uint8Array> {
  for await (const { name } of store.folders('operations')) yield Buffer.from(name)
}

describe('s3FileStore', () => {
  let server: S3Server
  let prefix: string
  beforeAll(async () => {
    server = await s3Server()
  })
  afterAll(() => server.stop())
  afterEach(() => rm(server.uploads, { recursive: true, force: true }))

  /** With nothing in it. */
  function empty(port = server.port, more: Partial<S3Settings> = {}): FileStore {
    prefix = randomUUID()
    return s3FileStore(`s3://muster/${prefix}`, settingsFor(port, more))
  }

  fileStoreContract(async () => empty(), { runs: 15 })

  /** Begins to write, and leaves off in the middle, as a process does that is killed. */
  async function leftInTheMiddle(key: string): Promise<void> {
    const dying = await faultyProxy(server.port)
    async function* some(): AsyncIterable<Uint8Array> {
      yield* manyBytes(17_000_000)
      await dying.close()
      throw new Error('killed')
    }
    const store = s3FileStore(`s3://muster/${prefix}`, settingsFor(dying.port))
    await expect(store.write(key, some())).rejects.toThrow('killed')
  }

  async function uploadFolders(): Promise<string[]> {
    return (await readdir(server.uploads).catch(() => [])).map((name) => path.join(server.uploads, name))
  }

  describe('what is being written', () => {
    it('gives the parts up when the bytes end in an error', async () => {
      const store = empty()
      async function* broken(): AsyncIterable<Uint8Array> {
        yield* manyBytes(20_000_000)
        expect(await uploadFolders()).toHaveLength(1)
        throw new Error('the client went away')
      }
      await expect(store.write('a', broken())).rejects.toThrow('the client went away')
      expect(await uploadFolders()).toEqual([])
    })

    it('makes its folder one that changes now', async () => {
      const store = empty()
      const found: { name: string; changedAt: Date }[] = []
      async function* slow(): AsyncIterable<Uint8Array> {
        yield* manyBytes(20_000_000)
        for await (const each of store.folders('operations')) found.push(each)
      }
      await store.write('operations/a/source', slow())
      expect(found).toEqual([{ name: 'a', changedAt: expect.any(Date) }])
      expect(found[0]?.changedAt.getTime()).toBeGreaterThan(Date.now() - 60_000)
    })

    it('is told as old when nothing was added for a day, and goes with its folder', async () => {
      const store = empty()
      // More than a page of them.
      for (const key of ['a/1', 'a/2', 'b/1', 'b/2', 'bc/1']) await leftInTheMiddle(`operations/${key}`)
      const before = new Date(Date.now() - 2 * DAY_MS)
      for (const folder of await uploadFolders()) {
        for (const name of await readdir(folder)) await utimes(path.join(folder, name), before, before)
      }
      await store.write('operations/a/source', chunks('x'))
      const found = new Map<string, Date>()
      for await (const { name, changedAt } of store.folders('operations')) found.set(name, changedAt)
      expect([...found.keys()]).toEqual(['a', 'b', 'bc'])
      expect(found.get('b')).toEqual(before)
      expect(found.get('a')?.getTime()).toBeGreaterThan(Date.now() - 60_000)
      await store.remove('operations/b')
      expect(await uploadFolders()).toHaveLength(3)
      await store.remove('operations')
      expect(await uploadFolders()).toEqual([])
    })

    it('is going on while parts come, however long ago it began', async () => {
      const store = empty()
      await leftInTheMiddle('operations/a/source')
      const before = new Date(Date.now() - 2 * DAY_MS)
      for (const folder of await uploadFolders()) await utimes(path.join(folder, 'metadata'), before, before)
      for await (const { changedAt } of store.folders('operations')) {
        expect(changedAt.getTime()).toBeGreaterThan(Date.now() - 60_000)
      }
    })

    it('ends in an error when its folder is removed meanwhile', async () => {
      const store = empty()
      async function* overtaken(): AsyncIterable<Uint8Array> {
        yield* manyBytes(20_000_000)
        await store.remove('operations/a')
        yield* manyBytes(20_000_000)
      }
      await expect(store.write('operations/a/source', overtaken())).rejects.toThrow('NoSuchUpload')
      expect(await server.objects()).not.toContain(`${prefix}/operations/a/source`)
      expect(await uploadFolders()).toEqual([])
    })
  })

  it('removes folders of more files than S3 tells at once', async () => {
    const store = empty()
    const folder = path.join(server.bucket, prefix, 'operations', 'a')
    await mkdir(folder, { recursive: true })
    const files = Array.from({ length: 2100 }, (_, index) => path.join(folder, `${index}._S3rver_object`))
    await Promise.all(files.map((file) => writeFile(file, 'x')))
    const folders: string[] = []
    for await (const { name } of store.folders('operations')) folders.push(name)
    expect(folders).toEqual(['a'])
    await store.remove('operations/a')
    expect((await server.objects()).filter((key) => key.startsWith(prefix))).toEqual([])
  })

  it('does not touch what is beside its prefix', async () => {
    const whole = s3FileStore('s3://muster', server.settings)
    const store = empty()
    await whole.write(`${prefix}x/a`, chunks('kept'))
    await whole.write(`${prefix}/a`, chunks('x'))
    expect(await text(store.read('a'))).toBe('x')
    await store.remove('a')
    expect(await text(whole.read(`${prefix}x/a`))).toBe('kept')
  })

  describe('when the connection breaks', () => {
    let proxy: FaultyProxy
    beforeAll(async () => {
      proxy = await faultyProxy(server.port)
    })
    afterAll(() => proxy.close())
    afterEach(() => Object.assign(proxy, { cutAfterAnswering: null, cutAfterSending: null, cutAnswerTo: null }))

    it('reads on from the byte that was reached', async () => {
      const store = empty(proxy.port)
      await store.write('a', manyBytes(5_000_000))
      const before = proxy.connections
      proxy.cutAfterAnswering = 1_000_000
      const expected = await bytesOf(manyBytes(5_000_000))
      expect((await bytesOf(store.read('a'))).equals(expected)).toBe(true)
      expect((await bytesOf(store.read('a', 100_000, 4_900_000))).equals(expected.subarray(100_000, 4_900_000))).toBe(
        true,
      )
      expect(proxy.connections - before).toBeGreaterThanOrEqual(10)
    })

    it('gives a read up that gets no further', async () => {
      const store = empty(proxy.port)
      await store.write('a', manyBytes(5_000_000))
      // The head of the answer alone.
      proxy.cutAfterAnswering = 200
      await expect(bytesOf(store.read('a'))).rejects.toMatchObject({ name: 'S3Failure', code: 'ECONNRESET' })
    })

    it('notices that the file was replaced before it reads on', async () => {
      const store = empty(proxy.port)
      await store.write('a', manyBytes(5_000_000))
      proxy.cutAfterAnswering = 1_000_000
      const reading = bytesOf(
        (async function* () {
          let read = 0
          for await (const piece of store.read('a')) {
            if (read === 0) {
              await s3FileStore(`s3://muster/${prefix}`, server.settings).write('a', manyBytes(4_999_999))
            }
            read += piece.length
            yield piece
          }
        })(),
      )
      await expect(reading).rejects.toMatchObject({ name: 'S3Failure', code: 'Replaced' })
    })

    it.each([
      ['small', 1_000_000],
      ['large', 20_000_000],
    ])('leaves nothing of a %s file that it cannot send', async (_, bytes) => {
      const store = empty(proxy.port)
      proxy.cutAfterSending = 500_000
      await expect(store.write('a', manyBytes(bytes))).rejects.toMatchObject({ name: 'S3Failure' })
      expect(await server.objects()).not.toContain(`${prefix}/a`)
      expect(await uploadFolders()).toEqual([])
    })

    it.each([
      ['an object', 1_000_000, 'PUT '],
      ['a part', 20_000_000, 'partNumber=2'],
      ['the end of an upload', 20_000_000, '<CompleteMultipartUpload'],
    ])('writes all the same when the answer to %s is lost', async (_, bytes, request) => {
      const store = empty(proxy.port)
      proxy.cutAnswerTo = request
      await store.write('a', manyBytes(bytes))
      expect(proxy.cutAnswerTo).toBeNull()
      expect((await bytesOf(store.read('a'))).equals(await bytesOf(manyBytes(bytes)))).toBe(true)
      expect(await uploadFolders()).toEqual([])
    })
  })

  describe('what it tells', () => {
    it('is the call and the code, and nothing of where and with what', async () => {
      const store = empty(server.port, { accessKeyId: 'another-key', secretAccessKey: 'another-secret' })
      const error = await store.write('operations/secret-name', chunks('x')).catch((thrown: unknown) => thrown)
      const message = 'S3 PutObject failed: InvalidAccessKeyId (HTTP 403)'
      expect(error).toMatchObject({
        name: 'S3Failure',
        code: 'InvalidAccessKeyId',
        status: 403,
        isAway: false,
        message,
      })
      expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/another|127\.0\.0\.1|secret-name/)
      const read = () => text(store.read('a'))
      for (const call of [store.check, read, () => store.remove('a'), () => text(folderNames(store))]) {
        await expect(call()).rejects.toThrow(/^S3 \w+ failed: InvalidAccessKeyId \(HTTP 403\)$/)
      }
    })

    it('is not that a file is missing, when the bucket is', async () => {
      const store = s3FileStore('s3://another-bucket', server.settings)
      await expect(text(store.read('a'))).rejects.toMatchObject({ name: 'S3Failure', code: 'NoSuchBucket' })
      await expect(store.check()).rejects.toMatchObject({ code: 'NoSuchBucket' })
    })

    it('is that nobody is there', async () => {
      const nobody = createServer().listen(0, '127.0.0.1')
      await once(nobody, 'listening')
      const { port } = nobody.address() as { port: number }
      nobody.close()
      const store = empty(port)
      await expect(store.check()).rejects.toMatchObject({ name: 'S3Failure', code: 'ECONNREFUSED', isAway: true })
      await expect(text(store.read('a'))).rejects.toMatchObject({ code: 'ECONNREFUSED' })
      await expect(store.write('a', manyBytes(20_000_000))).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    })

    it('is that nobody answers, soon', async () => {
      const silent = createServer(() => undefined).listen(0, '127.0.0.1')
      await once(silent, 'listening')
      const { port } = silent.address() as { port: number }
      await expect(empty(port).check()).rejects.toMatchObject({ name: 'S3Failure' })
      silent.close()
    })
  })

  describe('what it sends', () => {
    async function sentWith(more: Partial<S3Settings>, work: (store: FileStore) => Promise<void>): Promise<string> {
      const proxy = await faultyProxy(server.port)
      await work(empty(proxy.port, more))
      await proxy.close()
      return proxy.sent
    }
    const heads = (sent: string, method: RegExp) =>
      [...sent.matchAll(/(PUT|POST|GET) \S+ HTTP\/1\.1\r\n.*?\r\n\r\n/gs)]
        .map(([head]) => head)
        .filter((each) => method.test(each))

    it('asks for encryption with each object and upload', async () => {
      const kms = { serverSideEncryption: 'aws:kms', kmsKeyId: 'key-7' } as const
      const sent = await sentWith(kms, async (store) => {
        await store.check()
        await store.write('a', chunks('x'))
        await store.write('b', manyBytes(9_000_000))
      })
      const begun = heads(sent, /^(PUT (?!.*partNumber)|POST .*\?uploads)/)
      expect(begun).toHaveLength(3)
      for (const head of begun) {
        expect(head).toMatch(/^x-amz-server-side-encryption: aws:kms\r$/m)
        expect(head).toMatch(/^x-amz-server-side-encryption-aws-kms-key-id: key-7\r$/m)
      }
      const plain = await sentWith({}, (store) => store.write('a', chunks('x')))
      expect(plain).not.toContain('server-side-encryption')
    })

    it('signs what is in bodies, and adds no checksum that a server might not know', async () => {
      const sent = await sentWith({}, (store) => store.write('a', manyBytes(9_000_000)))
      for (const head of heads(sent, /^PUT/)) expect(head).toMatch(/^x-amz-content-sha256: [0-9a-f]{64}\r$/m)
      expect(sent).not.toContain('x-amz-checksum')
    })

    it('probes the bucket by writing now and then, and else looks', async () => {
      const sent = await sentWith({}, async (store) => {
        await store.check()
        await store.check()
        await store.check()
      })
      expect(heads(sent, /^PUT .*muster-check/)).toHaveLength(1)
      expect(sent.match(/^HEAD \/muster/gm)).toHaveLength(2)
      expect(await server.objects()).not.toContain(`${prefix}/.muster-check`)
    })
  })

  it('lets go of the connection of a read that nobody wants any more', async () => {
    await empty().write('a', manyBytes(20_000_000))
    const proxy = await faultyProxy(server.port)
    const store = s3FileStore(`s3://muster/${prefix}`, settingsFor(proxy.port))
    for await (const piece of store.read('a')) {
      expect(piece.length).toBeGreaterThan(0)
      break
    }
    expect(proxy.connections).toBe(1)
    await expect.poll(() => proxy.open).toBe(0)
    await proxy.close()
  })
})
