# shellcheck shell=bash
# Part of deploy/install: settings, secrets, certificate, nginx's site, systemd's units.

# As it is in $1, at $2, with the mode $3.
is_placed() { cmp -s "$1" "$root$2" && [ "$(stat -c %a "$root$2")" = "$3" ]; }
place() {
  mkdir -p "$(dirname "$root$2")"
  install -m "$3" "$1" "$root$2.new" # whole or not at all
  mv "$root$2.new" "$root$2"
}

has_secret() { [ -s "$root$1" ]; }
# What $2 prints; it is shown to nobody.
keep_secret() {
  (umask 077 && mkdir -p "$root$etc/credentials" && "$2" >"$made/secret")
  place "$made/secret" "$1" 600
}
# An older installation has both among its settings.
secret_key() { setting SECRET_KEY | grep . || openssl rand -base64 48; }
url() { setting DATABASE_URL | grep . || url_of_app; }
url_of_app() { echo "postgres://$app@//run/postgresql/$database"; }
url_of_owner() { echo "postgres://$owner@//run/postgresql/$database"; }

make_settings() {
  local from=$here/.env.example
  [ ! -e "$root$etc/env" ] || from=$root$etc/env
  sed -E 's/^(SECRET_KEY|DATABASE_URL)=.*/# → credentials\/\1/' "$from" >"$made/env"
  [[ ",$(setting ALLOWED_HOSTS)," = *,"$host",* ]] || set_line ALLOWED_HOSTS "$host"
  set_line FORCE_SCRIPT_NAME "$prefix"
}
set_line() {
  grep -q "^$1=" "$made/env" || echo "$1=" >>"$made/env"
  sed -i "s#^$1=.*#$1=$2#" "$made/env"
}

make_site() {
  local change=(-e "s#/crm\b#$prefix#g" -e "s/crm\.example\.jp/$host/g")
  if [ -z "$prefix" ]; then
    change+=(-e '/^    location = \/ {$/,/^    }$/d' -e '/^    location =  *{$/,/^    }$/d')
  fi
  sed "${change[@]}" "$here/deploy/nginx/wealthai-crm.conf" >"$made/site"
}

has_certificate() {
  if [ -n "$certificate" ]; then
    is_placed "$certificate" $ssl/fullchain.pem 600 && is_placed "$key" $ssl/privkey.pem 600
  else
    local made_before=("$root$ssl/fullchain.pem" "$root$ssl/privkey.pem")
    [ -s "${made_before[0]}" ] && [ -s "${made_before[1]}" ] || return
    ! $self_signed || { is_matching "${made_before[@]}" && is_current "${made_before[0]}"; }
  fi
}
add_certificate() {
  (umask 077 && mkdir -p "$root$ssl")
  if [ -z "$certificate" ]; then
    certificate=$made/fullchain.pem key=$made/privkey.pem
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 -subj "/CN=$host" \
      -addext "subjectAltName=DNS:$host" -keyout "$key" -out "$certificate" 2>/dev/null
  fi
  place "$certificate" $ssl/fullchain.pem 600
  place "$key" $ssl/privkey.pem 600
}

units() { (cd "$here/deploy" && printf '%s\n' *.service *.timer); }
has_units() {
  local unit
  for unit in $(units); do is_placed "$here/deploy/$unit" "/etc/systemd/system/$unit" 644 || return; done
}
place_units() {
  local unit
  for unit in $(units); do place "$here/deploy/$unit" "/etc/systemd/system/$unit" 644; done
}
