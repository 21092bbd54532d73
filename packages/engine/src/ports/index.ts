export * from './files.ts'
export * from './operation-store.ts'
export * from './rows.ts'
