import { z } from 'zod'

/** Settings of the wallets: with which names and files passes are signed. */
export const walletSetting = {
  /** `APPLE_PASS_TYPE_ID` */
  passTypeId: () => z.string().regex(/^pass(\.[A-Za-z0-9-]+)+$/, 'expected an identifier like pass.com.example.badge'),
  /** `APPLE_TEAM_ID` */
  teamId: () => z.string().regex(/^[A-Z0-9]{10}$/, 'expected ten capital letters and digits'),
  /** `GOOGLE_WALLET_ISSUER_ID` */
  issuerId: () => z.string().regex(/^\d{1,30}$/, "expected the issuer's number"),
  /** `…_FILE` */
  file: () => z.string('expected the path of a file'),
} as const
