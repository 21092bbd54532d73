/** As the dialect writes times: `2019-02-19T13:15:27Z`. */
export function timeOf(date: Date): string {
  return date.toISOString().replace(/\.\d+/, '')
}
