import type { FileStore } from '@muster/engine/ports'

/** Told how many seconds a call took, one that failed included. Must not throw. */
export type ObserveCall = (call: 'write' | 'read' | 'remove' | 'check', seconds: number) => void

/**
 * The same store, and how long it takes. Of a write that is the time from the last byte given until it is durable, since
 * before that it waits for whoever sends the bytes; of a read, the time to its first byte.
 */
export function observedFileStore(files: FileStore, observe: ObserveCall): FileStore {
  const timed = async <T>(call: 'remove' | 'check', work: () => Promise<T>): Promise<T> => {
    const tell = stopwatch(call, observe)
    try {
      return await work()
    } finally {
      tell()
    }
  }
  return {
    write: (key, bytes) => write(files, observe, key, bytes),
    read: (key, fromByte, toByte) => read(files.read(key, fromByte, toByte), observe),
    remove: (key) => timed('remove', () => files.remove(key)),
    folders: (key) => files.folders(key),
    check: () => timed('check', () => files.check()),
  }
}

async function write(
  files: FileStore,
  observe: ObserveCall,
  key: string,
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> {
  let tell = () => {}
  const watched = async function* () {
    yield* bytes
    tell = stopwatch('write', observe)
  }
  try {
    await files.write(key, watched())
  } finally {
    tell()
  }
}

async function* read(bytes: AsyncIterable<Uint8Array>, observe: ObserveCall): AsyncIterable<Uint8Array> {
  const tell = stopwatch('read', observe)
  try {
    for await (const each of bytes) {
      tell()
      yield each
    }
  } finally {
    // There was none.
    tell()
  }
}

/** What tells the seconds since now, the first time it is called. */
function stopwatch(call: Parameters<ObserveCall>[0], observe: ObserveCall): () => void {
  const started = performance.now()
  let isTold = false
  return () => {
    if (isTold) return
    isTold = true
    observe(call, (performance.now() - started) / 1_000)
  }
}
