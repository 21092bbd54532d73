import { z } from 'zod'
import { setting } from './setting.ts'
import { text, url } from './values.ts'

const KEYS = 'expected 32 bytes in base64 (openssl rand -base64 32 makes some)'

const secretsKeys = () =>
  z
    .string(KEYS)
    .transform((given) => given.split(',').map((part) => Buffer.from(part.trim(), 'base64')))
    .refine((keys) => keys.every((key) => key.length === 32), KEYS)

/** Secrets, and who comes in first. */
export const ACCESS = {
  SECRETS_KEY: setting(
    ['standalone', 'api', 'worker'],
    secretsKeys(),
    "32 bytes in base64 (`openssl rand -base64 32`). Encrypts enrollments' secrets and the signing keys with AES-256-GCM. Several, separated by commas, while a key is replaced: the first seals, all of them open.",
    { standsFor: 'generated', isSecret: true },
  ),
  BOOTSTRAP_CLIENT_ID: setting(
    ['standalone', 'api'],
    text(1, 128).optional(),
    'Id of an API client with every scope, for the tenant `default`.',
    { standsFor: 'generated' },
  ),
  BOOTSTRAP_CLIENT_SECRET: setting(
    ['standalone', 'api'],
    text(16, 1_024).optional(),
    'Its secret, 16 characters or more. A changed value replaces the old secret.',
    { standsFor: 'generated', isSecret: true },
  ),
  OPERATOR_NAME: setting(
    ['standalone', 'dashboard'],
    text(1, 200).optional(),
    'A local operator of the dashboard, made when the dashboard starts. More of them are made by its command line.',
    { standsFor: 'generated' },
  ),
  OPERATOR_PASSWORD: setting(
    ['standalone', 'dashboard'],
    text(12, 1_024).optional(),
    "The operator's password, 12 characters or more. A changed one ends the operator's sessions.",
    { standsFor: 'generated', isSecret: true },
  ),
} as const

/** Access tokens of an outside issuer, for the API. */
export const OUTSIDE_TOKENS = {
  OIDC_ISSUER: setting(
    ['standalone', 'api'],
    url('https:', 'http:').optional(),
    'An OpenID Connect issuer whose access tokens are accepted too. Its discovery document must be reachable.',
  ),
  OIDC_AUDIENCE: setting(
    ['standalone', 'api'],
    z.string().optional(),
    'The audience (`aud`) that such a token must name.',
  ),
} as const

/** Signing in to the dashboard with an OpenID Connect issuer. */
export const DASHBOARD_SIGN_IN = {
  DASHBOARD_OIDC_ISSUER: setting(
    ['standalone', 'dashboard'],
    url('https:', 'http:').optional(),
    'The issuer whose people may sign in to the dashboard. `http:` for an issuer on the same machine alone.',
  ),
  DASHBOARD_OIDC_CLIENT_ID: setting(
    ['standalone', 'dashboard'],
    text(1, 500).optional(),
    "The dashboard's id at the issuer.",
  ),
  DASHBOARD_OIDC_CLIENT_SECRET: setting(['standalone', 'dashboard'], text(1, 1_024).optional(), 'Its secret there.', {
    isSecret: true,
  }),
  DASHBOARD_URL: setting(
    ['standalone', 'dashboard'],
    url('https:', 'http:').optional(),
    "The dashboard's address as browsers see it. The issuer sends them back to `/sign-in/oidc/callback` there, which is to be registered with it.",
  ),
  DASHBOARD_OIDC_ROLES_CLAIM: setting(
    ['standalone', 'dashboard'],
    text(1, 200).default('roles'),
    'The claim that holds what someone is: a word or a list of words.',
  ),
  DASHBOARD_OIDC_OPERATOR_ROLE: setting(
    ['standalone', 'dashboard'],
    text(1, 200).default('muster-operator'),
    'The word that makes an operator.',
  ),
  DASHBOARD_OIDC_VIEWER_ROLE: setting(
    ['standalone', 'dashboard'],
    text(1, 200).default('muster-viewer'),
    'The word that makes a viewer. Who has neither may not come in.',
  ),
} as const
