// Reads all files of an archive, by the built package, and tells by how much the process grew: node read-archive.mjs FILE

import { readFile } from 'node:fs/promises'
import { ARCHIVE_LIMITS, archiveReader } from '../dist/index.js'

const bytes = await readFile(process.argv[2])
const archive = {
  bytes: bytes.length,
  async *read(from, to) {
    yield bytes.subarray(from, to)
  },
}
const reader = archiveReader(ARCHIVE_LIMITS)
const contents = reader.contents(archive)
const before = process.memoryUsage().rss
let peak = before
let rows = 0
const look = () => {
  peak = Math.max(peak, process.memoryUsage().rss)
}
try {
  for await (const batch of reader.entries(archive)) {
    rows += batch.length
    look()
    for (const entry of batch) {
      await contents.read(entry)
      look()
    }
  }
} catch (error) {
  if (error.name !== 'ArchiveRefused') throw error
}
look()
console.log(JSON.stringify({ rows, grownBytes: peak - before }))
