import { htmlEscape } from 'escape-goat'
import type { Request, Response } from 'express'
import { page } from './page.ts'

export interface Refused {
  readonly status: number
  readonly title: string
  /** What it is and what to do, for who reads it. */
  readonly sentence: string
  /** Seconds after which trying again may help. */
  readonly retryAfter?: number
  /** Where to go on from there; the page itself unless given. */
  readonly link?: { readonly href: string; readonly text: string }
}

/** Answers with what is wrong: JSON for the programs behind Bull Board's pages, a page for everybody else. */
export function refuse(request: Request, response: Response, refused: Refused): void {
  const { status, title, sentence, retryAfter, link } = refused
  response.status(status).set('Cache-Control', 'no-store')
  if (retryAfter !== undefined) response.set('Retry-After', String(retryAfter))
  if (isForPrograms(request)) {
    response.json({ error: sentence })
    return
  }
  const { href, text } = link ?? { href: '/', text: 'Go to the dashboard' }
  response.send(
    page(
      title,
      `<p role="alert">${htmlEscape(sentence)}</p>\n<p><a href="${htmlEscape(href)}">${htmlEscape(text)}</a></p>`,
    ),
  )
}

/** Bull Board's own calls, however they are written: routes do not tell upper case from lower. */
export function isForPrograms(request: Request): boolean {
  return /^\/queues\/api(\/|\?|$)/i.test(request.originalUrl)
}
