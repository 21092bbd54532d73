/** What ends an operation as a whole. The message is told to the user: what is wrong and what to do. */
export class Fault extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'Fault'
  }
}
