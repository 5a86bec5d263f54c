#!/bin/sh
# Becomes the first process of a machine: processes, /home, /tmp and /var/lib of its own, and /bin/sh is the shell $1.
# The programs $2… are missing there. Says "up PID", then reaps orphans until its input ends; everything ends with it.
set -eu
# The process id as the outer machine sees it, read before this machine's own /proc covers the outer one.
read -r outer _ </proc/self/stat
mount -t proc proc /proc
for dir in /home /tmp /var/lib /mnt; do
  mount -t tmpfs -o mode=755 machine "$dir"
done
chmod 1777 /tmp
mkdir -m 700 /home/login
mkdir /mnt/upper /mnt/work
mount -t overlay -o lowerdir=/usr/bin,upperdir=/mnt/upper,workdir=/mnt/work machine /usr/bin
shell=$1
shift
ln -sfn "$shell" /usr/bin/sh
for program in "$@"; do
  rm "/usr/bin/$program"
done
cd /
exec 3<&0 </dev/null
cat <&3 >/dev/null &
echo "up $outer"
wait "$!"
