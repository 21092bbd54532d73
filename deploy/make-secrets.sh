#!/bin/sh
# Makes what docker-compose.yml takes from ./secrets, at random and fitting together. Run beside docker-compose.yml:
#   deploy/make-secrets.sh
# A file that is there is left as it is: running it again adds what is missing and changes nothing.
set -eu
umask 077
command -v openssl >/dev/null || { echo 'openssl is needed' >&2; exit 1; }

# Only their owner gets into the folder. The files in it can be read by anybody, for Docker shows each to its
# containers by itself, and their users are none of this machine's.
mkdir -p secrets/wallets
chmod 0700 secrets
chmod 0755 secrets/wallets

made=''

# keep NAME VALUE: writes the file, unless it is there. In one step, so that a file that is there is whole.
keep() {
  if [ -e "secrets/$1" ]; then return; fi
  printf '%s\n' "$2" >"secrets/.$1.new"
  chmod 0444 "secrets/.$1.new"
  mv "secrets/.$1.new" "secrets/$1"
  made="$made $1"
}

# keep_random NAME BYTES [ENCODING [BEFORE]]: the same with random bytes, in hexadecimal unless told, BEFORE in front.
# An assignment by itself, since a command that fails within an argument does not end the script.
keep_random() {
  random=$(openssl rand "-${3:-hex}" "$2")
  keep "$1" "${4:-}$random"
}

keep_random postgres-password 24
keep database-url "postgresql://muster:$(cat secrets/postgres-password)@postgres:5432/muster"
# A line of redis.conf.
keep_random redis-auth 24 hex 'requirepass '
keep redis-url "redis://:$(cut -d ' ' -f 2 secrets/redis-auth)@redis:6379"
keep_random s3-access-key-id 10
keep_random s3-secret-access-key 24
keep_random secrets-key 32 base64
keep_random bootstrap-client-secret 24
keep_random operator-password 12
keep_random grafana-password 12
# The mail catcher, until there is a mail server.
keep smtp-url smtp://mailpit:1025
# Empty ones count as not given.
keep dashboard-oidc-client-secret ''
keep apple-pass-key-passphrase ''

if [ -z "$made" ]; then
  echo 'All secrets were there; nothing is changed.'
  exit
fi
echo 'Made in ./secrets:'
for name in $made; do echo "  $name"; done
case "$made " in
  *' secrets-key '*)
    printf '\nKeep a copy of secrets/secrets-key apart from the database: without it, what it seals is lost.\n'
    ;;
esac
cat <<'END'

The dashboard lets in `operator` with the password in secrets/operator-password, Grafana `admin` with the one in
secrets/grafana-password, the API the client `first-client` with the secret in secrets/bootstrap-client-secret.
END
