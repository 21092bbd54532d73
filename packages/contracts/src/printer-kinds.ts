/** How cards are printed. *pdf*: into a file, which is the operation's result. */
export const PRINTER_KINDS = ['pdf'] as const

export type PrinterKind = (typeof PRINTER_KINDS)[number]

export function isPrinterKind(value: unknown): value is PrinterKind {
  return PRINTER_KINDS.some((kind) => kind === value)
}
