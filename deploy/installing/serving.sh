# shellcheck shell=bash
# Part of deploy/install: static files, timers, nginx and the service itself.

manage() { $code/deploy/manage "$@"; }
# What was done last of its kind; lost stamps cost a repetition.
is_stamped() { [ "$(cat "$code/.installed/$1" 2>/dev/null)" = "$2" ]; }
stamp() { mkdir -p $code/.installed && echo "$2" >"$code/.installed/$1"; }
sum() { cat "$@" 2>/dev/null | sha256sum | cut -c1-64; }
wait_for() {
  local _
  for _ in {1..60}; do
    "$@" && return
    sleep 1
  done
  return 1
}

are_settings_right() { manage check --deploy --fail-level WARNING >"$made/said" 2>&1; }
# Durability, and passwords that everybody knows: not before there are tables, and the right to read them.
is_database_right() { manage check --deploy --database default --fail-level WARNING >"$made/said" 2>&1; }
# Before a reload: a worker that cannot start takes the whole service along, its old workers too.
can_start() { manage gunicorn --check-config wealthai.wsgi:application >"$made/said" 2>&1; }
say_what_is_wrong() { cat "$made/said" >&2; }

has_static() { is_stamped static "$version" && [ -e $code/staticfiles/staticfiles.json ]; }
collect_static() {
  install -d -o $app -g $app $code/staticfiles
  manage collectstatic --noinput --verbosity 0
  stamp static "$version"
}

has_state() { [ "$(stat -c '%U:%G %a' $state 2>/dev/null)" = "$owner:$app 750" ]; }
make_state() { install -d -o $owner -g $app -m 0750 $state; }

timers() {
  local each
  for each in tidy catch-up check-ai measure; do echo wealthai-crm-$each.timer; done
  [ -z "$(setting BACKUP_RECIPIENTS)" ] || echo wealthai-crm-backup.timer
}
has_timers() {
  local each
  for each in $(timers); do
    systemctl is-enabled --quiet "$each" 2>/dev/null && systemctl is-active --quiet "$each" || return
  done
}
# shellcheck disable=SC2046
start_timers() {
  systemctl enable --quiet --now $(timers)
  systemctl start --no-block wealthai-crm-tidy wealthai-crm-check-ai # else overdue until their first night
}

has_no_other_site() { [ ! -e /etc/nginx/sites-enabled/default ] && [ ! -e /etc/nginx/sites-enabled/wealthai-crm.conf ]; }
remove_other_site() { rm -f /etc/nginx/sites-enabled/default /etc/nginx/sites-enabled/wealthai-crm.conf; }

# With the 768 of Debian, some hundred callers who never finish their headers would keep the others out.
nginx_conf=/etc/nginx/nginx.conf connections=8192
of_nginx() { sed -nE "s/^[^#]*\b$1\s+([0-9]+)\s*;.*/\1/p" "$root$nginx_conf" 2>/dev/null | grep . || echo 0; }
has_connections() {
  local most
  most=$(of_nginx worker_connections)
  [ "$most" -ge $connections ] && [ "$(of_nginx worker_rlimit_nofile)" -ge $((2 * most)) ]
}
raise_connections() {
  local most
  most=$(of_nginx worker_connections)
  [ "$most" -ge $connections ] || most=$connections
  {
    echo "worker_rlimit_nofile $((2 * most));" # to the caller, and to us
    sed -E -e '/^\s*worker_rlimit_nofile\s/d' -e "s/^([^#]*\bworker_connections\s+)[0-9]+/\1$most/" "$root$nginx_conf"
  } >"$made/nginx.conf"
  place "$made/nginx.conf" $nginx_conf 644
}

nginx_files() { sum $nginx_conf $site $etc/upstream.conf $ssl/fullchain.pem; }
has_nginx() { systemctl is-active --quiet nginx 2>/dev/null && is_stamped nginx "$(nginx_files)"; }
start_nginx() {
  local how=restart
  if systemctl is-active --quiet nginx && [ -e $code/.installed/nginx ]; then how=reload; fi
  nginx -q -t
  systemctl enable --quiet nginx
  systemctl $how nginx
  stamp nginx "$(nginx_files)"
}

# What only a new main process reads; all else reaches new workers, and a reload brings those.
environment() { sum $etc/env $etc/credentials/* /etc/systemd/system/wealthai-crm.service $code/requirements.txt; }
is_ready() { curl -fs -o /dev/null --max-time 5 "$ready"; }
is_served() {
  systemctl is-active --quiet wealthai-crm 2>/dev/null && is_stamped served "$version" && is_stamped started "$(environment)" && is_ready
}

workers() {
  local main
  main=$(systemctl show --property MainPID --value wealthai-crm)
  cat "/proc/$main/task/$main/children" 2>/dev/null || true
}
are_gone() {
  local each
  for each; do ! kill -0 "$each" 2>/dev/null || return; done
}

# While a worker of before is there, an answer may be its own. Where deploy/release had told people
# to stay away, they may come when all are new.
serve() {
  local how=restart before
  systemctl enable --quiet wealthai-crm
  if systemctl is-active --quiet wealthai-crm && is_stamped started "$(environment)"; then how=reload; fi
  before=$(workers)
  stamp served none # until it is so: the way back must not take the version before for running
  systemctl $how wealthai-crm || fail "systemctl $how wealthai-crm: see journalctl -u wealthai-crm -n 50"
  # shellcheck disable=SC2086
  wait_for are_gone $before || fail "workers of the version before go on: see journalctl -u wealthai-crm -n 50"
  rm -f "$runtime/draining"
  wait_for is_ready || fail "/readyz does not say 200: see journalctl -u wealthai-crm -n 50"
  stamp served "$version"
  stamp started "$(environment)"
}
