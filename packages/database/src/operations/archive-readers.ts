/** Of an operation `o`: no other is being carried out that reads its archive. */
export const NOT_READ = `not exists (
  select from operations reader
  where reader.tenant_id = o.tenant_id and reader.state in ('SCHEDULED', 'PROCESSING') and not reader.paused
    and reader.number <> o.number and reader.source ->> 'archive' = o.source ->> 'archive')`
