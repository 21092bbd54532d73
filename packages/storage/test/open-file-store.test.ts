import { describe, expect, it } from 'vitest'
import { openFileStore } from '../src/open-file-store.ts'
import { settingsFor } from './s3-server.ts'

describe('openFileStore', () => {
  it('opens folders and buckets', async () => {
    expect(await openFileStore('file:///var/lib/muster')).toHaveProperty('write')
    expect(await openFileStore('s3://bucket', settingsFor(9))).toHaveProperty('write')
    expect(await openFileStore('s3://bucket/a/folder/', settingsFor(9))).toHaveProperty('write')
  })

  it.each([
    ['http://example.org/bucket', 'use file: or s3:'],
    ['s3://bucket/a//b', 's3://bucket/prefix'],
    ['s3://bucket/../b c', 's3://bucket/prefix'],
    ['s3:///prefix', 's3://bucket/prefix'],
    ['s3://key:secret@bucket', 's3://bucket/prefix'],
    ['s3://bucket?region=eu-central-1', 's3://bucket/prefix'],
  ])('refuses %s', async (url, reason) => {
    await expect(openFileStore(url, settingsFor(9))).rejects.toThrow(reason)
    await expect(openFileStore(url, settingsFor(9))).rejects.toThrow(RangeError)
  })

  it('needs to know how S3 is reached', async () => {
    await expect(openFileStore('s3://bucket')).rejects.toThrow('needs settings')
    await expect(openFileStore('s3://bucket', settingsFor(9, { secretAccessKey: null }))).rejects.toThrow('both')
  })
})
