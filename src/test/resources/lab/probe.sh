#!/bin/sh
# Says why this machine cannot run the lab: one line on standard output and exit 1; silence and exit 0 when it can.
# Everything is tried in namespaces that end with this script.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

refuse() {
  printf '%s\n' "$1"
  exit 1
}

[ "$(uname -s)" = Linux ] || refuse 'the lab needs Linux'
[ "$(id -u)" = 0 ] || refuse 'the lab makes namespaces: run the tests as root'
for pair in sshd:openssh-server ssh:openssh-client ssh-keygen:openssh-client sudo:sudo ip:iproute2 pkill:procps \
  unshare:util-linux nsenter:util-linux setpriv:util-linux setsid:util-linux pivot_root:util-linux; do
  command -v "${pair%%:*}" >/dev/null || refuse "${pair%%:*} is missing: apt-get install ${pair#*:}"
done

unshare --net --uts --ipc --pid --fork --mount --mount-proc true 2>/dev/null ||
  refuse 'unshare --net --uts --ipc --pid --mount is refused: run on a machine or in a container with CAP_SYS_ADMIN'
unshare --net sh -c 'ip link add lab0 type bridge && ip link add lab1 type veth peer name lab2' 2>/dev/null ||
  refuse 'no bridge or veth: modprobe bridge veth'

dir=$(mktemp -d) || refuse 'no temporary directory'
trap 'rm -rf "$dir"' EXIT
unshare --mount sh -c 'mount -t tmpfs lab "$1" && mkdir "$1/u" "$1/w" "$1/r" &&
  mount -t overlay -o "lowerdir=/,upperdir=$1/u,workdir=$1/w" lab "$1/r" && [ -x "$1/r/bin/sh" ]' sh "$dir" 2>/dev/null ||
  refuse 'no overlay file system over /: modprobe overlay'
cp /bin/sleep "$dir/gse_agent" && "$dir/gse_agent" --version >/dev/null 2>&1 ||
  refuse '/bin/sleep does not run under another name: apt-get install coreutils'
exit 0
