# shellcheck shell=bash
# Part of deploy/install: packages, accounts, the program and what it needs.

has_packages() {
  local each
  for each in curl make nginx openssl psql; do command -v $each >/dev/null || return; done
  { command -v pg_ctlcluster || command -v postgresql-setup; } >/dev/null &&
    "$(python)" -c 'import ensurepip, venv' 2>/dev/null
}
add_packages() {
  if command -v apt-get >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      curl make nginx openssl postgresql python3 python3-venv >/dev/null
  else
    dnf install -y -q make nginx openssl postgresql15 postgresql15-server python3.11
  fi
}

nginx_account() { id www-data >/dev/null 2>&1 && echo www-data || echo nginx; }
has_accounts() { id $app $owner >/dev/null 2>&1 && id -nG "$(nginx_account)" 2>/dev/null | grep -qw $app; }
add_accounts() {
  local shell=/usr/sbin/nologin
  getent group $app >/dev/null || groupadd --system $app
  id $app >/dev/null 2>&1 || useradd --system --gid $app --no-create-home --home-dir $code --shell $shell $app
  id $owner >/dev/null 2>&1 || useradd --system --gid $app --no-create-home --home-dir $code --shell $shell $owner
  usermod --append --groups $app "$(nginx_account)" # it opens the socket, after a restart
  rm -f $code/.installed/nginx
}

# What a folder holds of the program: of a checkout what git knows, so that no key or list of customers that
# lies there becomes readable for all; else everything but what grows beside it.
code_of() {
  if [ -e "$1/.git" ] && [ "$(cd "$1" && pwd)" = "$here" ]; then # not of an older installation, once a checkout
    git -C "$1" -c safe.directory='*' -c core.quotepath=off ls-files | sed 's#^#./#' | sort
    return
  fi
  (cd "$1" && find . \( -name .git -o -name .venv -o -name __pycache__ -o -name '.*_cache' -o -name .hypothesis \
    -o -path ./var -o -path ./staticfiles -o -path ./.installed -o -name .env \) -prune -o -type f -print) | sort
}
sum_of() { (cd "$1" && code_of . | tr '\n' '\0' | xargs -0 sha256sum | sha256sum | cut -c1-64); }
is_code_there() { [ "$here" = "$root$code" ] || { [ -d "$root$code" ] && [ "$(sum_of "$root$code")" = "$version" ]; }; }
copy_code() {
  mkdir -p "$root$code"
  code_of "$here" >"$made/new"
  tar -C "$here" --mode=u+rwX,go+rX,go-w -cf - -T "$made/new" | tar -C "$root$code" --no-same-owner -xmf -
  code_of "$root$code" | comm -13 "$made/new" - | (cd "$root$code" && tr '\n' '\0' | xargs -0r rm -f)
}

has_venv() { is_stamped venv "$(sum $code/requirements.txt)" && $code/.venv/bin/python -c '' 2>/dev/null; }
make_venv() {
  $code/.venv/bin/python -c '' 2>/dev/null || rm -rf $code/.venv # that Python is gone
  touch $code/requirements.txt                                    # make goes by times, these are from elsewhere
  make --no-print-directory -C $code install "PYTHON=$(python)"
  stamp venv "$(sum $code/requirements.txt)"
}
