#!/bin/sh
# The host's SSH service: start, stop (listener and open sessions), cut (open sessions only), rekey (new host key).
set -eu
pid_file=/run/sshd.pid

start() {
  mkdir -p -m 755 /run/sshd
  setsid /usr/sbin/sshd -D -e -f /etc/ssh/lab_config </dev/null >/dev/null 2>>/run/sshd.log &
  # sshd writes its pid once it listens.
  until [ -s "$pid_file" ]; do
    kill -0 "$!" || { cat /run/sshd.log >&2 && exit 1; }
    sleep 0.01
  done
}

stop_listener() {
  [ -s "$pid_file" ] || return 0
  read -r pid <"$pid_file"
  kill "$pid" 2>/dev/null || rm -f "$pid_file"
  while [ -s "$pid_file" ]; do
    sleep 0.01
  done
}

end_sessions() {
  read -r listener <"$pid_file" || listener=
  for pid in $(pgrep sshd); do
    [ "$pid" = "$listener" ] || kill -KILL "$pid" 2>/dev/null || :
  done
}

case $1 in
  start) start ;;
  stop)
    stop_listener
    pkill -KILL sshd || :
    ;;
  cut) end_sessions ;;
  rekey)
    stop_listener
    rm -f /lab/host_key /lab/host_key.pub
    ssh-keygen -q -t ed25519 -N '' -C rekeyed -f /lab/host_key
    start
    ;;
esac
