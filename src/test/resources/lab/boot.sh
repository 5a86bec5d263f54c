#!/bin/sh
# The first process of a host: mounts what a boot renews, starts the agent and sshd, then reaps orphans for ever.
set -eu
exec </dev/null >/dev/null
# The process id as the lab's machine sees it, read before the host's own /proc covers the outer one.
read -r outer _ </proc/self/stat
mount -t proc proc /proc
mount --bind /lab/boot_id /proc/sys/kernel/random/boot_id
mount -t tmpfs -o mode=755 lab /run
mount -t tmpfs -o mode=1777 lab /tmp
mkdir /run/lock /run/sudo
if [ "$LAB_NODE" = BARE ]; then
  printf 'boot %s 0\n' "$(date +%s%N)" >>/lab/ledger
elif [ "$LAB_NODE" = PROXY ]; then
  /usr/local/gse/proxy/bin/gsectl boot
else
  /usr/local/gse/agent/bin/gsectl boot
fi
unset LAB_NODE
sh /lab/sshd.sh start
echo "$outer" >/lab/init.pid.new
mv /lab/init.pid.new /lab/init.pid
while :; do
  sleep infinity &
  wait "$!" || :
done
