export { isEnrolledByCsv, type QuickEnrollmentOptions, quickEnrollmentOptions } from './enrollments/quick-enrollment.ts'
export { OPERATIONS } from './registry.ts'
