import { z } from 'zod'
import { setting } from './setting.ts'
import { text } from './values.ts'

const file = () => z.string('expected the path of a file').optional()

/** What mobile flash passes are signed with. */
export const WALLETS = {
  APPLE_PASS_TYPE_ID: setting(
    ['standalone', 'api', 'worker'],
    z
      .string()
      .regex(/^pass(\.[A-Za-z0-9-]+)+$/, 'expected an identifier like pass.com.example.badge')
      .optional(),
    "The pass type identifier, like `pass.com.example.badge`; the certificate's UID.",
    { standsFor: 'self-made' },
  ),
  APPLE_TEAM_ID: setting(
    ['standalone', 'api', 'worker'],
    z
      .string()
      .regex(/^[A-Z0-9]{10}$/, 'expected ten capital letters and digits')
      .optional(),
    "The team identifier; the certificate's OU.",
    { standsFor: 'self-made' },
  ),
  APPLE_PASS_CERTIFICATE_FILE: setting(
    ['standalone', 'api', 'worker'],
    file(),
    "The pass type's certificate, in PEM or DER.",
    { standsFor: 'self-made' },
  ),
  APPLE_PASS_KEY_FILE: setting(['standalone', 'api', 'worker'], file(), 'Its key, in PEM.', { standsFor: 'self-made' }),
  APPLE_PASS_KEY_PASSPHRASE: setting(
    ['standalone', 'api', 'worker'],
    text(1, 1_024).optional(),
    "The key's passphrase, if it has one.",
    { isSecret: true },
  ),
  APPLE_WWDR_CERTIFICATE_FILE: setting(
    ['standalone', 'api', 'worker'],
    file(),
    "The certificate of Apple's Worldwide Developer Relations authority that issued it (G4), in PEM or DER.",
    { standsFor: 'self-made' },
  ),
  GOOGLE_WALLET_ISSUER_ID: setting(
    ['standalone', 'api', 'worker'],
    z
      .string()
      .regex(/^\d{1,30}$/, "expected the issuer's number")
      .optional(),
    "The issuer's number in Google's console.",
    { standsFor: 'self-made' },
  ),
  GOOGLE_WALLET_KEY_FILE: setting(
    ['standalone', 'api', 'worker'],
    file(),
    'The JSON key of a service account that may issue for it.',
    { standsFor: 'self-made' },
  ),
} as const
