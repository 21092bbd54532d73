/** The bulk operations that the dialect has a resource for. */
export const KINDS = {
  SEND_MFP: { resource: 'mobileFlashPass', title: 'operations that send mobile flash passes' },
  PRINT_ENROLLMENTS: { resource: 'print', title: 'operations that print enrollments' },
} as const

export type Kind = keyof typeof KINDS
