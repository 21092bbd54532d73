export { diskFileStore } from './disk-file-store.ts'
export { openFileStore } from './open-file-store.ts'
