export { isEnrolledByCsv, type QuickEnrollmentOptions, quickEnrollmentOptions } from './enrollments/quick-enrollment.ts'
export { type TrustedCertificateMistake, trustedCertificateMistakes } from './enrollments/smart-cards/issuers.ts'
export {
  isEnrolledBySmartCard,
  type SmartCardEnrollmentOptions,
  smartCardEnrollmentOptions,
} from './enrollments/smart-cards/smart-card-enrollment.ts'
export { type ClaimLinks, type MailPassesOptions, mailPasses } from './mobile-flash-passes/mail-pass.ts'
export { type TellGoogleOptions, tellGoogle } from './mobile-flash-passes/tell-google.ts'
export { type Printing, printCards } from './printing/print-cards.ts'
export type { PrintEnrollmentsOptions } from './printing/print-enrollments.ts'
export { OPERATIONS } from './registry.ts'
