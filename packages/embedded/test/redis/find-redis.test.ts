import { execFile } from 'node:child_process'
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findRedis } from '../../src/redis/find-redis.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const NOT_ON_PATH = ['no-redis-of-this-name']

describe('findRedis', () => {
  let temporary: Awaited<ReturnType<typeof temporaryFolder>>
  let cacheFolder: string
  const script = async (name: string, text: string) => {
    const file = join(temporary.path, name)
    await writeFile(file, `#!/bin/sh\n${text}\n`)
    await chmod(file, 0o755)
    return file
  }
  beforeEach(async () => {
    temporary = await temporaryFolder()
    cacheFolder = join(temporary.path, 'cache')
  })
  afterEach(() => temporary.remove())

  it('takes the first that runs and is new enough', async () => {
    const broken = await script('broken', 'exit 1')
    const old = await script('old', 'echo "Redis server v=6.0.16 sha=00000000:0"')
    const valkey = await script('valkey', 'echo "Valkey server v=8.1.3 sha=00000000:0"')
    const found = await findRedis({ names: [...NOT_ON_PATH, broken, old, valkey], cacheFolder, aptGet: 'no-apt-get' })
    expect(found.file).toBe(valkey)
  })

  it('says in one sentence how to get one when there is none', async () => {
    const finding = findRedis({ names: NOT_ON_PATH, cacheFolder, aptGet: 'no-apt-get' })
    await expect(finding).rejects.toThrow(
      /^There is no Redis 6\.2 .*brew install redis.*apt-get install redis-server.*dnf install valkey.*apk add redis/,
    )
    await expect(finding).rejects.toThrow(/REDIS_URL, or use `docker compose up`$/)
    expect(await readdir(cacheFolder)).toEqual([])
  })

  // Real packages and the real dpkg, of Debian's kin alone; only where they come from is our own.
  describe.runIf(process.platform === 'linux')('out of packages', () => {
    const aptGetWith = async (redis: string, before = '') => {
      const root = join(temporary.path, 'package')
      await mkdir(join(root, 'DEBIAN'), { recursive: true })
      await mkdir(join(root, 'usr', 'bin'), { recursive: true })
      const fields = ['Package: redis-server', 'Version: 1', 'Architecture: all', 'Maintainer: tests', 'Description: x']
      await writeFile(join(root, 'DEBIAN', 'control'), `${fields.join('\n')}\n`)
      await writeFile(join(root, 'usr', 'bin', 'redis-server'), `#!/bin/sh\n${redis}\n`, { mode: 0o755 })
      const made = join(temporary.path, 'redis-server_1_all.deb')
      await promisify(execFile)('dpkg-deb', ['--root-owner-group', '--build', root, made])
      const copy = `for option in "$@"; do case $option in Dir::Cache::archives=*) cp "${made}" "\${option#*=}";; esac; done`
      return script('apt-get', `echo called >> "${temporary.path}/calls"\n${before}\n${copy}`)
    }
    const usable = 'echo "Redis server v=7.0.15 sha=00000000:0"'

    it('keeps it for the next time', async () => {
      const aptGet = await aptGetWith(usable)
      const found = await findRedis({ names: NOT_ON_PATH, cacheFolder, aptGet })
      const again = await findRedis({ names: NOT_ON_PATH, cacheFolder, aptGet: 'no-apt-get' })
      expect(again).toEqual(found)
      expect(again.file.startsWith(cacheFolder)).toBe(true)
    })

    it('is made once whole when several look at the same time', async () => {
      const aptGet = await aptGetWith(usable)
      const search = { names: NOT_ON_PATH, cacheFolder, aptGet }
      const found = await Promise.all([1, 2, 3, 4].map(() => findRedis(search)))
      expect(new Set(found.map(({ file }) => file)).size).toBe(1)
      expect(await readdir(cacheFolder)).toHaveLength(1)
    })

    it('replaces a kept one that runs no more', async () => {
      const aptGet = await aptGetWith(usable)
      const { file } = await findRedis({ names: NOT_ON_PATH, cacheFolder, aptGet })
      await writeFile(file, '#!/bin/sh\nexit 127\n')
      expect(await findRedis({ names: NOT_ON_PATH, cacheFolder, aptGet })).toMatchObject({ file })
      expect(await readdir(cacheFolder)).toHaveLength(1)
    })

    it.runIf(process.getuid?.() === 0)('fetches the package lists first where they are missing', async () => {
      const lists = join(temporary.path, 'lists')
      const before = `[ "$1" = update ] && touch "${lists}" && exit 0\n[ -e "${lists}" ] || exit 100`
      const found = await findRedis({ names: NOT_ON_PATH, cacheFolder, aptGet: await aptGetWith(usable, before) })
      expect(found.file.startsWith(cacheFolder)).toBe(true)
    })

    it('is refused when it is too old', async () => {
      const aptGet = await aptGetWith('echo "Redis server v=5.0.7 sha=00000000:0"')
      await expect(findRedis({ names: NOT_ON_PATH, cacheFolder, aptGet })).rejects.toThrow('There is no Redis 6.2')
      expect(await readdir(cacheFolder)).toEqual([])
    })
  })
})
