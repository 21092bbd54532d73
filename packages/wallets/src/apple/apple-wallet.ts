import type { AppleWallet, Pass } from '@muster/engine/ports'
import { PassType, PKPass } from 'passkit-generator'
import type { AppleCredentials } from './apple-credentials.ts'
import { type AuthenticationTokens, authenticationTokens } from './authentication-token.ts'
import { passBarcodes, passFields } from './pass-fields.ts'
import { ICONS, thumbnail } from './pass-images.ts'

export interface AppleWalletOptions {
  readonly credentials: AppleCredentials
  /** From which the passes' authentication tokens are made: the first makes them, all are known again. */
  readonly secrets: readonly Uint8Array[]
  /**
   * Where devices ask for news of their passes, an `https:` address. Null: passes name none and never change, as Wallet
   * refuses passes that name an address of another scheme.
   */
  readonly webServiceUrl: string | null
}

/** Passes for Apple Wallet, generic ones. */
export function appleWallet({ credentials, secrets, webServiceUrl }: AppleWalletOptions): AppleWallet {
  const tokens = authenticationTokens(secrets)
  return {
    passTypeIdentifier: credentials.passTypeIdentifier,
    async pkpass(pass) {
      try {
        return signed(pass, credentials, webServiceUrl === null ? {} : webService(webServiceUrl, tokens, pass))
      } catch {
        // The library tells what it refuses with the values of the pass.
        throw new Error('a pass for Apple Wallet could not be made')
      }
    },
    isAuthenticationToken: tokens.isGood,
  }
}

interface WebService {
  readonly webServiceURL?: string
  readonly authenticationToken?: string
}

function webService(webServiceURL: string, tokens: AuthenticationTokens, { serial }: Pass): WebService {
  return { webServiceURL, authenticationToken: tokens.of(serial) }
}

function signed({ serial, enrollment, voided }: Pass, credentials: AppleCredentials, service: WebService): Uint8Array {
  const { certificate: signerCert, key: signerKey, wwdrCertificate: wwdr } = credentials
  const { organization, design, fields } = enrollment
  const pkpass = new PKPass(
    { ...ICONS, ...thumbnail(fields) },
    { signerCert, signerKey, wwdr },
    {
      formatVersion: 1,
      serialNumber: serial,
      passTypeIdentifier: credentials.passTypeIdentifier,
      teamIdentifier: credentials.teamIdentifier,
      organizationName: organization,
      description: design,
      logoText: organization,
      backgroundColor: 'rgb(31, 58, 95)',
      foregroundColor: 'rgb(255, 255, 255)',
      labelColor: 'rgb(190, 205, 225)',
      sharingProhibited: true,
      ...(voided ? { voided } : {}),
      ...service,
    },
  )
  const sets = passFields(fields)
  const generic = new PassType('generic')
  generic.primaryFields.push(...sets.primary)
  generic.secondaryFields.push(...sets.secondary)
  generic.auxiliaryFields.push(...sets.auxiliary)
  generic.backFields.push(...sets.back)
  pkpass.types.push(generic)
  pkpass.setBarcodes(...passBarcodes(fields))
  return pkpass.getAsBuffer()
}
