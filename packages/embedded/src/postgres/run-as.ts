import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** A user that PostgreSQL may run as. */
export interface Identity {
  readonly uid: number
  readonly gid: number
}

/** How to start a program of PostgreSQL: what goes before its path, and the user to start it as. */
export interface RunAs {
  readonly prefix: readonly string[]
  readonly user: Identity | undefined
}

/** Set wherever a program is looked up by its name. */
export const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * The user PostgreSQL is to run as, since it refuses to run as root: the owner of the data that is there, else
 * `postgres`, made when missing, else `nobody`. Undefined when we are not root: then it runs as ourselves.
 */
export async function serverUser(data: string): Promise<Identity | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const owner = await stat(data).catch(() => null)
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  const known = await lookUp('postgres')
  if (known) return known
  await succeeds('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--shell',
    '/usr/sbin/nologin',
    'postgres',
  ])
  const user = (await lookUp('postgres')) ?? (await lookUp('nobody'))
  if (!user) throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody to run it as')
  return user
}

/**
 * How that user can reach both the program and the data. Where one of them lies below a folder only root may enter
 * (/root, `mktemp -d`), the program gets the one capability to pass file modes by (capabilities(7), CAP_DAC_OVERRIDE).
 * @throws when neither way leads there
 */
export async function waysToRun(user: Identity | undefined, program: string, folder: string): Promise<RunAs> {
  if (user === undefined) return { prefix: [], user }
  const enter = ['/bin/sh', '-c', 'test -x "$1" && test -x "$2/."', 'sh', program, folder]
  if (await succeeds(enter[0] ?? '', enter.slice(1), user)) return { prefix: [], user }
  const prefix = passingFileModes(user)
  // The program itself is asked: it looks for its own path with access(2), which forgets the capabilities of a user
  // other than root unless the secure bit no_setuid_fixup is on.
  if (await succeeds('setpriv', [...prefix.slice(1), program, '--version'])) return { prefix, user: undefined }
  throw new Error(
    `PostgreSQL does not run as root, and user ${user.uid} cannot enter ${dirname(program)} or ${folder}: ` +
      'move them out of folders that only root may enter, start as another user, or install setpriv (util-linux)',
  )
}

function passingFileModes({ uid, gid }: Identity): string[] {
  return [
    'setpriv',
    `--reuid=${uid}`,
    `--regid=${gid}`,
    '--clear-groups',
    '--securebits=+no_setuid_fixup',
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
  ]
}

async function lookUp(name: string): Promise<Identity | undefined> {
  const [uid, gid] = await Promise.all([output('id', ['-u', name]), output('id', ['-g', name])])
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined
}

async function succeeds(file: string, args: readonly string[], user?: Identity): Promise<boolean> {
  return (await output(file, args, user)) !== null
}

function output(file: string, args: readonly string[], user?: Identity): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { env: { PATH: SYSTEM_PATH }, cwd: '/', ...user }
    execFile(file, [...args], options, (error, stdout) => resolve(error ? null : stdout.trim()))
  })
}
