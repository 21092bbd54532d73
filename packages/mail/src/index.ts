export { type Pace, paced } from './paced.ts'
export { type SmtpOptions, smtpMailer } from './smtp-mailer.ts'
