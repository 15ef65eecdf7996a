# shellcheck shell=bash
# Part of deploy/install: PostgreSQL's roles, the database, its tables and who may do what there.

# Elsewhere, the two roles and the database are made by whoever keeps that server (README).
on_this_machine() {
  if [ -n "$root" ] || { has_secret $etc/credentials/DATABASE_URL &&
    [ "$(cat $etc/credentials/DATABASE_URL)" != "$(url_of_app)" ]; }; then return; fi
  "$@"
}
as_postgres() { (cd / && runuser -u postgres -- psql -XAtq -v ON_ERROR_STOP=1 -v app=$app -v owner=$owner "$@"); }
is_answer() { [ "$(as_postgres -c "$2" 2>/dev/null)" = "$1" ]; }

has_server() { is_answer 1 'SELECT 1'; }
has_ended() {
  local code=0
  pg_isready -q -h /run/postgresql || code=$?
  [ $code = 2 ] # no answer; one that is starting says 1
}
start_server() {
  if command -v postgresql-setup >/dev/null && [ ! -s /var/lib/pgsql/data/PG_VERSION ]; then
    PGSETUP_INITDB_OPTIONS='--locale=C.UTF-8 --encoding=UTF8' postgresql-setup --initdb
  fi
  systemctl enable --quiet --now postgresql
  # Debian's unit of that name only starts others, and counts as active although they have ended.
  if has_ended; then systemctl restart postgresql; fi
  wait_for has_server
}

has_roles() {
  is_answer 2 "SELECT count(*) FROM pg_roles WHERE (rolname, rolcreatedb) IN (('$app', false), ('$owner', true))
    AND rolcanlogin AND NOT rolsuper AND NOT rolcreaterole AND 'log_min_error_statement=panic' = ANY(rolconfig)"
}
make_roles() {
  local role
  as_postgres <"$here/deploy/postgresql/roles.sql"
  for role in $app $owner; do
    sed "s/ROLE wealthai /ROLE $role /" "$here/deploy/postgresql/private-logs.sql" | as_postgres
  done
}

has_database() { is_answer $owner "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = '$database'"; }
# An older installation's belongs to the application.
make_database() {
  if is_answer '' "SELECT 1 FROM pg_database WHERE datname = '$database'"; then
    as_postgres -c "CREATE DATABASE $database OWNER $owner ENCODING UTF8 LOCALE 'C.UTF-8' TEMPLATE template0"
  else
    as_postgres -d $database -c "REASSIGN OWNED BY $app TO $owner" -c "ALTER DATABASE $database OWNER TO $owner"
  fi
}

has_tables() { is_stamped tables "$version" && manage migrate --check >/dev/null 2>&1; }
make_tables() {
  manage createcachetable --verbosity 0
  manage migrate --verbosity 0
  stamp tables "$version"
}
has_privileges() {
  local wrong
  wrong=$(as_postgres -d $database <"$here/deploy/postgresql/wrong-privileges.sql" 2>&1) && [ -z "$wrong" ]
}
grant() { as_postgres -d $database <"$here/deploy/postgresql/privileges.sql"; }
