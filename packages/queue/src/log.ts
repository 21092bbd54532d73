/** The part of a logger that this package needs; pino's has this shape. */
export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** For a connection beside another that tells of the same outages. */
export const SILENT: Log = { info: () => {}, warn: () => {}, error: () => {} }
