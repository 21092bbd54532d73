import { describe, expect, it } from 'vitest'
import { openFileStore } from '../src/open-file-store.ts'
import { settingsFor } from './s3-server.ts'

describe('openFileStore', () => {
  it('opens folders and buckets', () => {
    expect(openFileStore('file:///var/lib/muster')).toHaveProperty('write')
    expect(openFileStore('s3://bucket', settingsFor(9))).toHaveProperty('write')
    expect(openFileStore('s3://bucket/a/folder/', settingsFor(9))).toHaveProperty('write')
  })

  it.each([
    ['http://example.org/bucket', 'use file: or s3:'],
    ['s3://bucket/a//b', 's3://bucket/prefix'],
    ['s3://bucket/../b c', 's3://bucket/prefix'],
    ['s3:///prefix', 's3://bucket/prefix'],
    ['s3://key:secret@bucket', 's3://bucket/prefix'],
    ['s3://bucket?region=eu-central-1', 's3://bucket/prefix'],
  ])('refuses %s', (url, reason) => {
    expect(() => openFileStore(url, settingsFor(9))).toThrow(reason)
    expect(() => openFileStore(url, settingsFor(9))).toThrow(RangeError)
  })

  it('needs to know how S3 is reached', () => {
    expect(() => openFileStore('s3://bucket')).toThrow('needs settings')
    expect(() => openFileStore('s3://bucket', settingsFor(9, { secretAccessKey: null }))).toThrow('both')
  })
})
