#!/bin/sh
# muster's runner, protocol 1: plain POSIX shell, on the host, in two parts.
#
# The attendant lives as long as one SSH channel. It reads requests from standard input (a verb, then its fields, one
# per line, octal-escaped) and answers in lines that end with "ok"; fields are data and never become shell text.
# The runner is started detached by the attendant and does everything that must be true once: it takes the host's lock
# for life, records "started" before the command and "rc" after it. It survives the channel, the attendant and muster.
#
# Below the run directory $R:  lock  current  fence  runner-<version>  files/  runs/<job>/<host>/<step>/<execution>/
# In a run record $D:          started (digest, boot, begin, token)  before  pid  out  rc  cancel

LC_ALL=C
R=${R-}

# ---- facts about this machine; times are hundredths of a second since boot ----

boot_id() {
  if [ -r /proc/sys/kernel/random/boot_id ]; then read -r boot </proc/sys/kernel/random/boot_id
  else boot=$(sysctl -n kern.boottime 2>/dev/null </dev/null | tr -dc 0-9); fi
}

clock() {
  if [ -r /proc/uptime ]; then
    read -r up rest </proc/uptime
    now=$((${up%.*} * 100 + 1${up#*.} - 100))
  else now=$(($(date +%s) * 100)); fi
}

# Sets birth to when process $1 began; fails if there is none. A zombie is not a process: its parent may never reap it.
birth_of() {
  birth=
  case $1 in '' | *[!0-9]*) return 1 ;; esac
  if [ -d /proc/self ]; then
    [ -r "/proc/$1/stat" ] && IFS= read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
    close=') '
    set -- ${stat##*"$close"}
    case ${1-} in Z | X | '') return 1 ;; esac
    birth=${20}
  else
    birth=$(ps -o lstart= -p "$1" 2>/dev/null </dev/null | cksum | cut -d' ' -f1)
    kill -0 "$1" 2>/dev/null
  fi
}

# Sets parent to this process's parent of now; the shell's own PPID is that of its beginning.
parent_of_this() {
  if [ -d /proc/self ]; then
    IFS= read -r stat <"/proc/$$/stat"
    close=') '
    set -- ${stat##*"$close"}
    parent=$2
  else parent=$(ps -o ppid= -p $$ </dev/null | tr -d ' '); fi
}

nap() { sleep "$1" 2>/dev/null </dev/null || sleep 1; }

# ---- the host-wide lock: flock where there is one, else names of processes in a directory ----

mine=
if command -v flock >/dev/null 2>&1; then
  lock_take() { true >>"$R/lock" && exec 9>>"$R/lock" && flock -n 9 9>&9; }
  lock_drop() { exec 9>&-; }
  # Shared, so that those who only look do not see each other.
  lock_held() { ! (true >>"$R/lock" && exec 9>>"$R/lock" && flock -n -s 9 9>&9) 2>/dev/null; }
else
  # Who wants the lock leaves its name, then looks: of two, the later sees the earlier. The name of a dead one is void,
  # and as no name ever comes back, whoever finds it may remove it.
  lock_take() {
    lock_held && return 1
    birth_of $$
    mine=$$.$birth
    mkdir -p "$R/lock.d/$mine" 2>/dev/null || refuse DISK_FULL
    lock_held || return 0
    lock_drop
    return 1
  }
  lock_drop() {
    [ -z "$mine" ] || rmdir "$R/lock.d/$mine" 2>/dev/null
    mine=
  }
  lock_held() {
    for other in "$R"/lock.d/*; do
      other=${other##*/}
      [ "$other" = "$mine" ] && continue
      birth_of "${other%%.*}" && [ "$birth" = "${other#*.}" ] && return 0
      rmdir "$R/lock.d/$other" 2>/dev/null
    done
    return 1
  }
fi

# ---- what can be observed of the managed process: "running <pid> <birth> <invocation>" or "absent" ----

observe() {
  case $1 in
    pidfile)
      p=
      [ -r "$2" ] && read -r p rest 2>/dev/null <"$2"
      case $p in '' | *[!0-9]*) echo absent; return ;; esac
      if birth_of "$p"; then echo "running $p $birth -"; else echo absent; fi
      ;;
    executable)
      # The eldest process of that file: after a restart no elder one may be left.
      eldest=
      for link in $(ls -l /proc/[0-9]*/exe 2>/dev/null </dev/null | while IFS= read -r line; do
        case $line in *" -> $2" | *" -> $2 (deleted)") line=${line#*/proc/}; echo "${line%%/*}" ;; esac
      done); do
        birth_of "$link" || continue
        if [ -z "$eldest" ] || [ "$birth" -lt "$eldest" ]; then eldest=$birth; p=$link; fi
      done
      if [ -n "$eldest" ]; then echo "running $p $eldest -"; else echo absent; fi
      ;;
    unit)
      active= p=0 invocation=-
      while IFS= read -r line; do
        case $line in
          ActiveState=*) active=${line#*=} ;;
          MainPID=*) p=${line#*=} ;;
          InvocationID=?*) invocation=${line#*=} ;;
        esac
      done <<UNIT
$(systemctl show -p ActiveState -p MainPID -p InvocationID -- "$2" 2>/dev/null </dev/null)
UNIT
      if [ "$active" = active ]; then
        birth_of "$p" || birth=0
        echo "running $p $birth $invocation"
      else echo absent; fi
      ;;
    *) echo absent ;;
  esac
}

# ---- the runner ----

# Writes standard input over the beginning of file $1 so that it is still there after a power cut. The room that the
# file has is not given back in between, for on a full disk somebody else would take it.
durable() { dd of="$1" conv=notrunc,fsync 2>/dev/null || { [ -n "$no_fsync" ] && cat 1<>"$1" && sync; }; }

# Answers the attendant, if there still is one; the command must not inherit that a broken pipe is ignored.
say() {
  trap '' PIPE
  echo "$1" 2>/dev/null
  trap - PIPE
}

refuse() {
  { echo "$1" >"$D/refused"; } 2>/dev/null
  lock_drop
  say "refused $1"
  exit 0
}

# run <key> <digest> <token> <until> <umask> <kind> <subject> <directory> <argc> <argv…> [<argc> <argv…>]…
run() {
  K=$1 digest=$2 token=$3 until=$4 mask=$5 kind=$6 subject=$7 directory=$8
  shift 8
  umask 077
  R=${0%/*} D=${0%/*}/runs/$K
  true >>"$R/lock.probe" 2>/dev/null && rm -f "$R/lock.probe" || refuse DISK_FULL
  no_fsync= new_session= plain_signals=
  command -v setsid >/dev/null 2>&1 && new_session=setsid
  # A shell starts background commands with these signals ignored; a daemon must not inherit that.
  env --default-signal=INT,QUIT true 2>/dev/null && plain_signals='env --default-signal=INT,QUIT'
  dd if=/dev/null of=/dev/null conv=fsync 2>/dev/null || no_fsync=1
  tries=0
  until lock_take; do
    [ -e "$D/started" ] && { say exists; exit 0; }
    tries=$((tries + 1))
    [ $tries -lt 10 ] || refuse BUSY
    nap 0.05
  done
  [ -e "$D/started" ] && { lock_drop; say exists; exit 0; }
  [ -e "$D/cancel" ] && refuse CANCELLED
  fence=0
  [ -r "$R/fence" ] && read -r fence <"$R/fence"
  [ "$token" -ge "${fence:-0}" ] || refuse FENCED
  # Room for the exit code and the pid is taken before the effect, so that a full disk refuses instead of forgetting.
  {
    mkdir -p "$D" && printf '%64s\n' '' >"$D/rc.new" && printf '%64s\n' '' >"$D/pid" && printf '%s\n' "$token" >"$R/fence.new" &&
      mv "$R/fence.new" "$R/fence" && printf '%s\n' "$K" >"$R/current.new" && mv "$R/current.new" "$R/current"
  } 2>/dev/null || refuse DISK_FULL
  observe "$kind" "$subject" >"$D/before" 2>/dev/null
  boot_id
  clock
  [ "$now" -le "$until" ] || refuse STALE
  printf '%s %s %s %s\n' "$digest" "$boot" "$now" "$token" | durable "$D/started"
  [ -s "$D/started" ] || { rm -f "$D/started"; refuse DISK_FULL; }
  mkfifo "$D/pipe" 2>/dev/null || { rm -f "$D/started"; refuse DISK_FULL; }
  # A stop writes "cancel" before it looks for "started", so that one of both sees the other.
  [ -e "$D/cancel" ] && { rm -f "$D/started" "$D/pipe"; refuse CANCELLED; }
  say started
  exec >/dev/null 2>&1
  # Both ends are opened here, where nothing can block: a command that never came up would keep its reader, and the
  # reader the lock, for ever.
  exec 7<>"$D/pipe" 8<"$D/pipe"
  exec 6>"$D/pipe" 7<&-
  rm -f "$D/pipe"
  # Output is cut at 4 MiB (dd's count would count reads) and read on, so that a command never blocks; a daemon that
  # keeps the pipe keeps only that. (With exec no shell keeps a copy of what it closes.)
  (
    exec <&8 6>&- 8<&- 9>&-
    trap '' XFSZ
    ulimit -f 8192
    dd bs=65536 of="$D/out"
    exec cat
  ) &
  reader=$!
  umask "$mask"
  # Without setsid, job control gives the command a process group of its own.
  [ -n "$new_session" ] || set -m
  $new_session $plain_signals /bin/sh "$0" sequence $$ "$directory" "$@" \
    </dev/null >&6 2>&1 5<>"$D/pid" 6>&- 8<&- 9>&- &
  child=$!
  exec 6>&- 8<&-
  umask 077
  wait "$child"
  rc=$?
  # ksh93 adds 256 to the number of a signal, all others 128.
  [ $rc -lt 256 ] || rc=$((rc - 128))
  tries=0
  while kill -0 "$reader" 2>/dev/null && [ $tries -lt 10 ]; do
    nap 0.02
    tries=$((tries + 1))
  done
  printf '%s\n' "$rc" | durable "$D/rc.new"
  mv "$D/rc.new" "$D/rc"
  prune
  lock_drop
}

# Runs commands one after the other until one fails; the last one takes this process's place. Leaves its own name first,
# and begins nothing if its runner $1 is dead by then: whoever finds neither of both may say that nothing runs.
sequence() {
  birth_of $$
  echo "$$ $birth" >&5
  exec 5>&-
  parent_of_this
  [ "$parent" = "$1" ] || exit 125
  cd "$2" || exit 126
  shift 2
  while :; do
    argc=$1
    shift
    [ $# -gt "$argc" ] || exec "$@"
    (
      rest=$(($# - argc))
      while [ "$argc" -gt 0 ]; do
        set -- "$@" "$1"
        shift
        argc=$((argc - 1))
      done
      shift "$rest"
      exec "$@"
    ) || exit
    shift "$argc"
  done
}

prune() {
  find "$R/files" -type f -mtime +30 -exec rm -f {} + 2>/dev/null </dev/null
  find "$R/runs" -mindepth 1 -maxdepth 1 -type d -mtime +30 ! -name "${K%%/*}" -exec rm -rf {} + 2>/dev/null </dev/null
}

# ---- the attendant ----

field() {
  IFS= read -r escaped || exit 0
  # Rather nothing than something else: where printf is a program, a very long field may be too long for it.
  eval "$1=\$(printf '%b.' \"\$escaped\") || exit 1; $1=\${$1%.}"
}

record() {
  field K
  D=$R/runs/$K
}

# Sets chosen to where records live: as was decided earlier, else by account.
choose() {
  chosen=$1
  [ -z "$chosen" ] || return 0
  if [ "$(id -u)" = 0 ]; then chosen=/var/lib/muster; else chosen=${HOME:-/nonexistent}/.local/state/muster; fi
}

on_network() {
  case $(stat -f -c %T "$1" 2>/dev/null </dev/null) in
    nfs* | smb* | cifs | afs | v9fs | ceph | lustre | gfs* | ocfs2 | fuse) return 0 ;;
  esac
  return 1
}

# Decides where records live and puts the runner there.
directory() {
  field R
  field version
  choose "$R"
  R=$chosen
  if ! mkdir -p "$R" 2>/dev/null || [ ! -O "$R" ] || ! chmod 700 "$R" 2>/dev/null || [ ! -w "$R" ]; then
    echo "refused not ours or not writable: $R"
    return
  fi
  if on_network "$R"; then
    echo "refused on a network file system: $R"
    return
  fi
  R=$(cd "$R" && pwd)
  if [ ! -s "$R/runner-$version" ]; then
    if ! { printf '%s\n' "$script" >"$R/runner.$$" && mv "$R/runner.$$" "$R/runner-$version"; } 2>/dev/null; then
      rm -f "$R/runner.$$"
      echo "refused DISK_FULL $R"
      return
    fi
  fi
  echo "directory $R"
}

# Answers what is known about a record, in one line.
state() {
  if [ -e "$D/rc" ]; then
    read -r rc <"$D/rc"
    echo "state DONE $rc"
    return
  fi
  held=
  lock_held && held=1
  current=
  [ -r "$R/current" ] && read -r current <"$R/current"
  if [ ! -e "$D/started" ]; then
    # Held, but by one that has ended or has not yet said who it is: a start waits that long.
    case $current in '' | "$K") held= ;; *) [ -e "$R/runs/$current/rc" ] && held= ;; esac
    if [ -n "$held" ]; then echo "state BUSY $current"; else echo 'state NOT_STARTED'; fi
    return
  fi
  digest= was_boot= began=0
  read -r digest was_boot began rest 2>/dev/null <"$D/started"
  boot_id
  clock
  if [ -n "$held" ] && [ "$current" = "$K" ]; then
    echo "state RUNNING $((now - ${began:-now}))"
  elif [ -e "$D/rc" ]; then
    read -r rc <"$D/rc"
    echo "state DONE $rc"
  elif [ "$was_boot" != "$boot" ]; then
    echo 'state REBOOTED'
  elif read -r p since 2>/dev/null <"$D/pid" && birth_of "$p" && [ "$birth" = "$since" ]; then
    echo "state ORPHAN $((now - began))"
  else
    echo 'state INTERRUPTED'
  fi
}

probe() {
  record
  field expected
  digest=$expected
  [ -s "$D/started" ] && read -r digest rest <"$D/started"
  if [ "$digest" = "$expected" ]; then state; else echo 'state CONFLICT'; fi
}

# The command is started only if the permit comes back while it is fresh: until is this machine's own clock.
start() {
  record
  field digest
  field token
  field kind
  field subject
  field directory
  field n
  set --
  while [ "$n" -gt 0 ]; do
    field word
    set -- "$@" "$word"
    n=$((n - 1))
  done
  clock
  until=$((now + 90))
  echo ready
  field permit
  [ "$permit" = go ] || { echo 'refused WITHDRAWN'; return; }
  set -- "$K" "$digest" "$token" "$until" "$mask" "$kind" "$subject" "${directory:-${HOME:-/}}" "$@"
  runner=$R/runner-$version
  if [ -z "$own_unit" ]; then
    # The runner says in one line how it began, and lets go of this pipe. (ksh93 would wait in a substitution for what
    # runs in its background, whoever holds the pipe.)
    { $new_session /bin/sh "$runner" run "$@" </dev/null 2>/dev/null & } | {
      read -r said
      echo "${said:-refused DIED}"
    }
    return
  fi
  mkdir -p "$D" 2>/dev/null && rm -f "$D/refused"
  systemd-run --quiet --collect /bin/sh "$runner" run "$@" >/dev/null 2>&1 </dev/null
  for pause in 0.02 0.02 0.05 0.1 0.2 0.3 0.5; do
    [ -e "$D/started" ] && { echo started; return; }
    [ -s "$D/refused" ] && { read -r why <"$D/refused"; echo "refused $why"; return; }
    nap $pause
  done
  echo 'refused DIED'
}

# Waits up to a second for more output or the end, then answers with both.
follow() {
  record
  field offset
  field most
  for pause in 0.02 0.03 0.05 0.1 0.1 0.2 0.2 0.3; do
    [ -e "$D/rc" ] && break
    size=0
    [ -e "$D/out" ] && size=$(($(wc -c <"$D/out")))
    [ "$size" -gt "$offset" ] && break
    nap $pause
  done
  answer=$(state)
  size=0
  [ -e "$D/out" ] && size=$(($(wc -c <"$D/out")))
  n=$((size - offset))
  [ $n -le "$most" ] || n=$most
  [ $n -ge 0 ] || n=0
  echo "$answer"
  echo "bytes $n"
  [ $n -eq 0 ] || tail -c "+$((offset + 1))" "$D/out" </dev/null | head -c $n
}

# The end of a command: the record says "cancel" first, so that a runner that is about to begin sees it.
halt() {
  record
  [ -e "$D/rc" ] && { state; return; }
  mkdir -p "$D" && true >"$D/cancel"
  p= since= hit=
  for signal in TERM TERM KILL; do
    sent=
    for pause in 0.02 0.05 0.1 0.2 0.3 0.4 1; do
      # A pid below 2 would mean everybody.
      if [ -z "$sent" ] && read -r p since 2>/dev/null <"$D/pid" && [ "${p:-0}" -gt 1 ] &&
        birth_of "$p" && [ "$birth" = "$since" ]; then
        kill -s $signal -- "-$p" 2>/dev/null || kill -s $signal "$p" 2>/dev/null
        sent=1 hit=1
      fi
      answer=$(state)
      case $answer in
        *RUNNING* | *ORPHAN*) nap $pause ;;
        # It may have ended by itself, or as if nobody had asked.
        *'DONE 0') echo "$answer"; return ;;
        *DONE*) [ -n "$hit" ] && answer=stopped; echo "$answer"; return ;;
        *) break 2 ;;
      esac
    done
  done
  echo "$answer"
}

# Sets sum to the SHA-256 of file $1 in hex; fails where no program computes it.
sha256() {
  sum=$({ sha256sum || shasum -a 256 || openssl dgst -sha256 -r; } 2>/dev/null <"$1")
  sum=${sum%%[!0-9a-f]*}
  [ ${#sum} -eq 64 ]
}

# Keeps a file under its digest: what is missing of it is the rest of this channel's input. A transfer that was cut off
# goes on where it ended, and nothing is called by its digest before that was computed here.
receive() {
  field digest
  field size
  F=$R/files/$digest
  if [ -e "$F" ]; then
    touch "$F"
    echo "have $F"
    return
  fi
  mkdir -p "$R/files" 2>/dev/null || { echo "refused DISK_FULL $R"; return; }
  n=0
  [ -e "$F.part" ] && n=$(($(wc -c <"$F.part")))
  [ "$n" -le "$size" ] || n=0
  [ "$n" -gt 0 ] || rm -f "$F.part"
  echo "from $n"
  if ! cat >>"$F.part" 2>/dev/null; then
    rm -f "$F.part"
    cat >/dev/null
    echo "refused DISK_FULL $R"
  elif [ $(($(wc -c <"$F.part"))) -lt "$size" ]; then echo 'refused LINK it was cut off'
  elif ! sha256 "$F.part"; then echo 'refused OS_NOT_SUPPORTED there is no sha256sum, shasum or openssl'
  elif [ "$sum" != "$digest" ]; then
    rm -f "$F.part"
    echo 'refused LINK it arrived damaged'
  elif mv "$F.part" "$F"; then echo "have $F"
  else echo "refused DISK_FULL $R"; fi
  echo ok
  exit 0
}

# Says of a path: absent, other, or the SHA-256 of a plain file.
file() {
  field path
  if [ ! -e "$path" ] && [ ! -L "$path" ]; then echo 'file absent'
  elif [ -f "$path" ] && sha256 "$path"; then echo "file $sum"
  else echo 'file other'; fi
}

effect() {
  record
  field kind
  field subject
  began=0 was=absent was_boot=
  [ -s "$D/started" ] && read -r digest was_boot began rest <"$D/started"
  [ -s "$D/before" ] && IFS= read -r was <"$D/before"
  # Nothing of an earlier boot is left, and its clock has begun anew.
  boot_id
  [ "$was_boot" = "$boot" ] || { began=0 was=absent; }
  echo "began ${began:-0}"
  echo "was $was"
  echo "is $(observe "$kind" "$subject")"
}

# ---- looks that change nothing, beside whatever else goes on ----

# This machine's date, for people only: nothing is ever decided by it.
date_now() { echo "date $(date +%s.%N 2>/dev/null </dev/null)"; }

process() {
  field kind
  field subject
  clock
  echo "now $now"
  echo "is $(observe "$kind" "$subject")"
}

# Says whether records could be written where they live or would live, and how much room (in KiB) there is. It is tried
# in a directory of its own, which is gone before anything is written: a look that is cut off leaves nothing either.
room() {
  field wanted
  choose "$wanted"
  case $chosen in /*) ;; *) chosen=$PWD/$chosen ;; esac
  at=$chosen
  until [ -e "$at" ] || [ -L "$at" ]; do
    at=${at%/*}
    at=${at:-/}
  done
  if [ ! -d "$at" ] || [ ! -w "$at" ] || [ ! -x "$at" ] || { [ "$at" = "$chosen" ] && [ ! -O "$at" ]; }; then
    echo "refused not ours or not writable: $at"
    return
  fi
  if on_network "$at"; then
    echo "refused on a network file system: $at"
    return
  fi
  free=$(df -Pk "$at" 2>/dev/null </dev/null | sed -n '2s/.* \([0-9][0-9]*\)  *[0-9-]*%.*/\1/p')
  trial=${at%/}/.muster-room-$$
  (
    mkdir "$trial" || exit 1
    exec 5>"$trial/file" || exit 1
    rm -f "$trial/file"
    rmdir "$trial"
    dd if=/dev/zero bs=1024 count=64 >&5 || exit 7
  ) >/dev/null 2>&1 </dev/null
  tried=$?
  if [ $tried -ne 0 ]; then
    rm -f "$trial/file" 2>/dev/null
    rmdir "$trial" 2>/dev/null
    if [ $tried -eq 7 ] || [ "${free:-64}" -lt 64 ]; then echo "refused DISK_FULL $at"
    else echo "refused nothing can be made in $at"; fi
    return
  fi
  made=no
  [ "$at" != "$chosen" ] || made=yes
  echo "room ${free:--1} $made $chosen"
}

attend() {
  mask=$(umask)
  umask 077
  PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  new_session= own_unit=
  command -v setsid >/dev/null 2>&1 && new_session=setsid
  boot_id
  # Where the end of a login ends its processes, only a unit of its own outlives the channel.
  lingering=
  if [ -d /run/systemd/system ] && busctl get-property org.freedesktop.login1 /org/freedesktop/login1 \
    org.freedesktop.login1.Manager KillUserProcesses 2>/dev/null </dev/null | grep -q true; then
    if [ "$(id -u)" = 0 ] && command -v systemd-run >/dev/null 2>&1; then
      own_unit=1
    else lingering=logout-kills; fi
  fi
  echo "muster-runner 1 $(uname -s) $(id -u) $boot ${lingering:--} $(uname -m)"
  while IFS= read -r verb; do
    case $verb in
      directory | probe | start | follow | halt | effect | receive | file | date_now | process | room) $verb ;;
      *) echo "refused unknown verb" ;;
    esac
    echo ok
  done
}

case ${1-} in
  run | sequence) "$@" ;;
  *) attend ;;
esac
