// No list, no name, no quoting, no comment, nothing that ends a line or a command.
const ADDRESS = /^[^\s\p{C}@"(),:;<>[\]\\]{1,64}@[^\s\p{C}@"(),:;<>[\]\\]{1,253}$/u

/** Whether that is an address of one mailbox, of the kind that everybody has: `name@example.com`. */
export function isAddress(text: string): boolean {
  return ADDRESS.test(text)
}
