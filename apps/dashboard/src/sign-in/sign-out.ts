import { htmlEscape } from 'escape-goat'
import { Router } from 'express'
import { page } from '../page.ts'
import { signedIn } from '../signed-in.ts'
import type { Sessions } from './sessions.ts'

/** The page `/sign-out`, for pages that can only link to it, and what its form and others' do. */
export function signOutRoutes(sessions: Sessions): Router {
  const routes = Router()
  routes.get('/sign-out', (_request, response) => {
    const { name, csrf } = signedIn(response)
    response.send(
      page(
        'Sign out',
        `<p>You are signed in as ${htmlEscape(name)}.</p>
<form method="post" action="/sign-out">
<input type="hidden" name="_csrf" value="${htmlEscape(csrf)}">
<button>Sign out</button>
</form>
<p><a href="/">Back to the dashboard</a></p>`,
      ),
    )
  })
  routes.post('/sign-out', async (request, response) => {
    await sessions.end(request, response)
    response.redirect(303, '/sign-in')
  })
  return routes
}
