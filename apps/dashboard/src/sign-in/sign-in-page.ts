import { htmlEscape } from 'escape-goat'
import { page } from '../page.ts'

export interface SignInPage {
  /** The path to go to afterwards. */
  readonly next: string
  /** Whether an OpenID Connect issuer may vouch for somebody. */
  readonly hasIssuer: boolean
  /** What was wrong with the last attempt. */
  readonly problem?: string
}

export function signInPage({ next, hasIssuer, problem }: SignInPage): string {
  const alert = problem === undefined ? '' : `<p role="alert" id="problem">${htmlEscape(problem)}</p>`
  const described = problem === undefined ? '' : ' aria-describedby="problem"'
  const issuer = hasIssuer
    ? `<p><a href="/sign-in/oidc?next=${htmlEscape(encodeURIComponent(next))}">Sign in with your organisation’s account</a></p>
<p>Or with a name and password of this dashboard:</p>`
    : ''
  return page(
    'Sign in',
    `${alert}
${issuer}
<form method="post" action="/sign-in">
<input type="hidden" name="next" value="${htmlEscape(next)}">
<label for="name">Name</label>
<input id="name" name="name" autocomplete="username" required autofocus${described}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${described}>
<button>Sign in</button>
</form>`,
  )
}
