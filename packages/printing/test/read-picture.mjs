// Reads a picture by the built package, and tells by how much the process grew: node read-picture.mjs FILE

import { readFile } from 'node:fs/promises'
import { plainPng } from '../dist/png.js'

const bytes = await readFile(process.argv[2])
const before = process.resourceUsage().maxRSS
const picture = plainPng(bytes)
console.log(JSON.stringify({ isRefused: picture === null, grownKilobytes: process.resourceUsage().maxRSS - before }))
