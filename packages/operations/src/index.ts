export { isEnrolledByCsv, type QuickEnrollmentOptions, quickEnrollmentOptions } from './enrollments/quick-enrollment.ts'
export { type TrustedCertificateMistake, trustedCertificateMistakes } from './enrollments/smart-cards/issuers.ts'
export {
  isEnrolledBySmartCard,
  type SmartCardEnrollmentOptions,
  smartCardEnrollmentOptions,
} from './enrollments/smart-cards/smart-card-enrollment.ts'
export { OPERATIONS } from './registry.ts'
