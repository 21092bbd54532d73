import type { OperatorRole } from '@muster/database'
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client'

/** An OpenID Connect issuer that vouches for people, and what makes them an operator or a viewer. */
export interface IssuerSettings {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** The dashboard's address as browsers see it. */
  readonly url: string
  /** The claim that holds what somebody is: a word or a list of words. */
  readonly rolesClaim: string
  readonly operatorRole: string
  readonly viewerRole: string
}

/** What is to be remembered between the way to the issuer and the way back. */
interface Journey {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

/** Somebody whom the issuer vouches for. */
interface Person {
  /** With the issuer's host behind it, so that it is never taken for a local operator's. */
  readonly name: string
  /** Null for one who may not come in. */
  readonly role: OperatorRole | null
}

export interface Issuer {
  /** Where the browser is to go, and what to remember meanwhile. Throws openid-client's errors. */
  depart(): Promise<{ readonly url: URL; readonly journey: Journey }>
  /**
   * Who comes back.
   *
   * @param query of the address that the browser came back to
   */
  arrive(query: URLSearchParams, journey: Journey): Promise<Person>
}

export const CALLBACK_PATH = '/sign-in/oidc/callback'

const TIMEOUT_SECONDS = 5
/** An issuer may change its endpoints; its keys are looked after by the library. */
const DISCOVERED_MS = 60 * 60 * 1_000

/**
 * Authorization code with PKCE, state and nonce (OpenID Connect Core 1.0, 3.1; RFC 7636). The issuer is asked for what
 * it offers when somebody signs in, and once an hour at most: the dashboard starts without it.
 */
export function oidcIssuer(settings: IssuerSettings): Issuer {
  const configuration = discovered(settings)
  const callback = new URL(CALLBACK_PATH, settings.url)
  return {
    async depart() {
      const journey = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() }
      const url = buildAuthorizationUrl(await configuration(), {
        redirect_uri: callback.href,
        scope: 'openid profile email',
        state: journey.state,
        nonce: journey.nonce,
        code_challenge: await calculatePKCECodeChallenge(journey.verifier),
        code_challenge_method: 'S256',
      })
      return { url, journey }
    },
    async arrive(query, journey) {
      const current = new URL(callback)
      current.search = query.toString()
      const config = await configuration()
      const tokens = await authorizationCodeGrant(config, current, {
        expectedState: journey.state,
        expectedNonce: journey.nonce,
        pkceCodeVerifier: journey.verifier,
        idTokenExpected: true,
      })
      const claims: Claims = tokens.claims() ?? {}
      const hasAll = claims[settings.rolesClaim] !== undefined && nameIn(claims) !== null
      const isMore = !hasAll && config.serverMetadata().userinfo_endpoint !== undefined
      const more: Claims = isMore ? await fetchUserInfo(config, tokens.access_token, String(claims['sub'])) : {}
      // The ID token is what the issuer signed: what it says goes first.
      return personOf({ ...more, ...claims }, settings)
    },
  }
}

type Claims = Readonly<Record<string, unknown>>

function discovered({ issuer, clientId, clientSecret }: IssuerSettings): () => Promise<Configuration> {
  const server = new URL(issuer)
  const isPlain = server.protocol === 'http:'
  let known: { configuration: Promise<Configuration>; until: number } | null = null
  return () => {
    if (known !== null && known.until > performance.now()) return known.configuration
    const configuration = discovery(server, clientId, undefined, clientAuthentication(clientSecret), {
      timeout: TIMEOUT_SECONDS,
      execute: isPlain ? [allowInsecureRequests] : [],
    })
    known = { configuration, until: performance.now() + DISCOVERED_MS }
    // Next time it is asked for anew.
    configuration.catch(() => {
      known = null
    })
    return configuration
  }
}

/** `client_secret_basic` is what every issuer knows that says nothing else (OpenID Connect Discovery 1.0, 3). */
function clientAuthentication(secret: string): ClientAuth {
  const [basic, post] = [ClientSecretBasic(secret), ClientSecretPost(secret)]
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported
    const isPost = methods?.includes('client_secret_post') && !methods.includes('client_secret_basic')
    return (isPost ? post : basic)(server, ...rest)
  }
}

function personOf(claims: Claims, { issuer, rolesClaim, operatorRole, viewerRole }: IssuerSettings): Person {
  const claim = claims[rolesClaim]
  const roles: readonly unknown[] = Array.isArray(claim) ? claim : [claim]
  const role = roles.includes(operatorRole) ? 'operator' : roles.includes(viewerRole) ? 'viewer' : null
  const name = nameIn(claims) ?? shown(claims['sub']) ?? 'somebody'
  return { name: `${name} (${new URL(issuer).host})`, role }
}

function nameIn(claims: Claims): string | null {
  return shown(claims['preferred_username']) ?? shown(claims['email'])
}

const MOST_CHARACTERS = 200

/** Null for what is no name. */
function shown(claim: unknown): string | null {
  const name =
    typeof claim === 'string'
      ? claim
          .replace(/\p{Cc}/gu, '')
          .trim()
          .slice(0, MOST_CHARACTERS)
      : ''
  return name === '' ? null : name
}
