import { hostname } from 'node:os'

/** What tells this process's connections to Redis from those of other workers; the same after each reconnection. */
export const WORKER_NAME = `${hostname()}:${process.pid}`
