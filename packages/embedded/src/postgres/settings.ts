/**
 * What the server is started with: for bulk loading on a small machine. Durability is PostgreSQL's own: a committed
 * transaction survives a power cut.
 */
export const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  // Few, long checkpoints: each one makes the next change of every page be logged in full.
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  wal_buffers: '16MB',
  // Statements here touch thousands of rows, not millions: planning in parallel or compiling costs more than it
  // saves, and parallel ones need more of /dev/shm than a container has (64 MiB).
  max_parallel_workers_per_gather: '0',
  max_parallel_maintenance_workers: '0',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Above ERROR: a statement's error can quote the values it was given, and those are personal data. The client that
  // sent the statement is told, and decides what of it is written down.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_statement: 'none',
  log_checkpoints: 'off',
  log_autovacuum_min_duration: '-1',
}
