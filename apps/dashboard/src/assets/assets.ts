import { Router } from 'express'
import { ICON } from './icon.ts'
import { REFRESH_SCRIPT } from './refresh-script.ts'
import { STYLESHEET } from './stylesheet.ts'

const FILES = [
  { path: '/dashboard.css', type: 'text/css', text: STYLESHEET },
  { path: '/refresh.js', type: 'text/javascript', text: REFRESH_SCRIPT },
  { path: '/icon.svg', type: 'image/svg+xml', text: ICON },
] as const

/** What pages of `layout` load, to be mounted at `/assets`. Nothing of it is secret: it needs no sign-in. */
export function assets(): Router {
  const routes = Router()
  for (const { path, type, text } of FILES) {
    // The same address has other bytes after an upgrade; asking with an ETag costs little.
    routes.get(path, (_request, response) => void response.set('Cache-Control', 'no-cache').type(type).send(text))
  }
  return routes
}
