export * from './lifecycle.ts'
export * from './settings.ts'
