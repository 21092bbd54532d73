/**
 * An S3 server in a process of its own: s3rver 3.7.1 with a bucket `muster`, and what S3 does otherwise or besides.
 *
 * - Uploads in parts are listed, two a page, and can be given up; one that is over is not written to any more.
 * - An object or part is whole when it is answered, and is not there when the connection breaks before.
 * - A range of an empty object is refused.
 *
 * Usage: node --openssl-legacy-provider s3-server-process.mjs <folder>. Ends with its standard input.
 */
import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import path from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import S3rver from 's3rver'

const BUCKET = 'muster'
const UPLOADS_PAGE = 2
const XMLNS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'

const folder = process.argv[2]
const app = new S3rver({ directory: folder, silent: true, configureBuckets: [{ name: BUCKET }] })
await app.configureBuckets()
const uploadsFolder = app.store.getResourcePath(BUCKET, undefined, 'uploads')

async function writeWhole(file, content) {
  const hash = createHash('md5')
  const part = path.join(folder, randomUUID())
  const hashing = new Transform({
    transform(chunk, _, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  await pipeline(Buffer.isBuffer(content) ? Readable.from([content]) : content, hashing, createWriteStream(part))
  await rename(part, file)
  return { size: (await stat(file)).size, md5: hash.digest('hex') }
}

app.store.putObject = async function ({ bucket, key, content, metadata }) {
  const file = this.getResourcePath(bucket, key, 'object')
  await mkdir(path.dirname(file), { recursive: true })
  const written = await writeWhole(file, content)
  await this.putMetadata(bucket, key, metadata, written.md5)
  return written
}

app.store.putPart = async function (bucket, uploadId, partNumber, content) {
  const file = path.join(this.getResourcePath(bucket, undefined, 'uploads'), uploadId, `${partNumber}`)
  const written = await writeWhole(file, content)
  await writeFile(`${file}.md5`, written.md5)
  return written
}

function answer(res, status, body = '') {
  res.writeHead(status, { 'content-type': 'application/xml' }).end(body && `<?xml version="1.0"?>${body}`)
}

function refuse(res, status, code) {
  answer(res, status, `<Error><Code>${code}</Code><Message>${code}</Message></Error>`)
}

async function listUploads(res, query) {
  const ids = await readdir(uploadsFolder).catch(() => [])
  const all = await Promise.all(
    ids.map(async (id) => ({
      id,
      key: await readFile(path.join(uploadsFolder, id, 'key'), 'utf8'),
      begunAt: (await stat(path.join(uploadsFolder, id, 'metadata'))).mtime,
    })),
  )
  const place = ({ key, id }) => `${key} ${id}`
  const after = place({ key: query.get('key-marker') ?? '', id: query.get('upload-id-marker') ?? '' })
  const found = all
    .filter((each) => each.key.startsWith(query.get('prefix') ?? '') && place(each) > after)
    .sort((one, other) => (place(one) < place(other) ? -1 : 1))
  const page = found.slice(0, UPLOADS_PAGE)
  const isCut = found.length > page.length
  const last = page.at(-1)
  const next = isCut
    ? `<NextKeyMarker>${last.key}</NextKeyMarker><NextUploadIdMarker>${last.id}</NextUploadIdMarker>`
    : ''
  const list = page.map(
    ({ key, id, begunAt }) =>
      `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${begunAt.toISOString()}</Initiated></Upload>`,
  )
  answer(
    res,
    200,
    `<ListMultipartUploadsResult ${XMLNS}><Bucket>${BUCKET}</Bucket>${next}<IsTruncated>${isCut}</IsTruncated>${list.join('')}</ListMultipartUploadsResult>`,
  )
}

async function listParts(res, id) {
  const names = (await readdir(path.join(uploadsFolder, id))).filter((name) => /^\d+$/.test(name))
  const parts = await Promise.all(
    names.map(async (name) => {
      const { mtime, size } = await stat(path.join(uploadsFolder, id, name))
      return `<Part><PartNumber>${name}</PartNumber><LastModified>${mtime.toISOString()}</LastModified><ETag>"x"</ETag><Size>${size}</Size></Part>`
    }),
  )
  answer(
    res,
    200,
    `<ListPartsResult ${XMLNS}><UploadId>${id}</UploadId><IsTruncated>false</IsTruncated>${parts.join('')}</ListPartsResult>`,
  )
}

const s3rver = app.callback()

async function handle(req, res) {
  const { pathname, searchParams: query } = new URL(req.url, 'http://localhost')
  const id = query.get('uploadId')
  if (req.method === 'GET' && query.has('uploads')) return listUploads(res, query)
  if (id !== null && (await stat(path.join(uploadsFolder, id)).catch(() => null)) === null) {
    req.resume()
    return refuse(res, 404, 'NoSuchUpload')
  }
  if (id !== null && req.method === 'GET') return listParts(res, id)
  if (id !== null && req.method === 'DELETE') {
    await rm(path.join(uploadsFolder, id), { recursive: true })
    return answer(res, 204)
  }
  if (req.method === 'GET' && req.headers.range !== undefined) {
    const object = app.store.getResourcePath(BUCKET, decodeURIComponent(pathname.slice(BUCKET.length + 2)), 'object')
    const found = await stat(object).catch(() => null)
    if (found?.size === 0) return refuse(res, 416, 'InvalidRange')
  }
  s3rver(req, res)
}

const server = createServer((req, res) => {
  handle(req, res).catch(() => refuse(res, 500, 'InternalError'))
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`listening on ${server.address().port}\n`))
process.stdin.on('end', () => process.exit(0)).resume()
