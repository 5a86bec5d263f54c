#!/bin/sh
# Holds one host: the network, mount, UTS and IPC namespaces it was started in, and its disk, across reboots.
# Speaks with the lab by lines: says "born", then obeys "boot" (answer "up PID") and "halt" (answer "halted").
# The end of its input is the end of the host, however the lab's JVM died.
set -eu
exec 2>>"$LAB_DIR/lab/console.log"
trap '' INT
init=

halt() {
  [ -n "$init" ] || return 0
  kill -KILL "$init" 2>/dev/null || :
  wait "$unshared" || :
  init=
}

# An overlay over the machine's own root: whatever a step does, even as root, stays in this host.
make_disk() {
  fs=$LAB_DIR/fs
  mount -t tmpfs -o mode=755 lab "$fs"
  mkdir "$fs/upper" "$fs/work" "$fs/root"
  mount -t overlay -o "lowerdir=/,upperdir=$fs/upper,workdir=$fs/work" lab "$fs/root"
  cd "$fs/root"
  mkdir -p .old lab proc dev run tmp home root var/lib/muster usr/local/gse usr/local/lab
  mount --bind "$LAB_DIR/lab" lab
  for dir in home root var/lib/muster usr/local/gse dev; do
    mount -t tmpfs -o mode=755 lab "$dir"
  done
  cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty dev/
  mkdir dev/pts
  mkdir -m 1777 dev/shm
  mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 lab dev/pts
  ln -s pts/ptmx dev/ptmx
  ln -s /proc/self/fd dev/fd
  ln -s /proc/self/fd/0 dev/stdin
  ln -s /proc/self/fd/1 dev/stdout
  ln -s /proc/self/fd/2 dev/stderr
  pivot_root . .old
  cd /
  mount -t proc proc /proc
  umount -l /.old
}

write_etc() {
  hostname "$LAB_NAME"
  echo "$LAB_NAME" >/etc/hostname
  printf '127.0.0.1 localhost\n%s %s\n' "$LAB_ADDRESS" "$LAB_NAME" >/etc/hosts
  rm -f /etc/resolv.conf
  : >/etc/resolv.conf
  printf 'passwd: files\ngroup: files\nshadow: files\nhosts: files\n' >/etc/nsswitch.conf
  ln -s "$(command -v busybox || echo /bin/false)" /usr/local/lab/ash
  cat >/etc/passwd <<END
root:x:0:0:root:/root:$LAB_ROOT_SHELL
mlab:x:4242:4242:mlab:/home/mlab:$LAB_USER_SHELL
sshd:x:4022:65534::/run/sshd:/bin/false
nobody:x:65534:65534:nobody:/nonexistent:/bin/false
END
  printf 'root:x:0:\ntty:x:5:\nmlab:x:4242:\nnogroup:x:65534:\n' >/etc/group
  (umask 077 && printf '%s:*:20000:0:99999:7:::\n' root mlab sshd nobody >/etc/shadow)
  rm -f /etc/gshadow /etc/subuid /etc/subgid
  mkdir -m 700 /home/mlab
  chown 4242:4242 /home/mlab
  chmod 700 /root /var/lib/muster
  (umask 227 && rm -f /etc/sudoers && printf '%s\n' 'Defaults !fqdn' 'root ALL=(ALL:ALL) ALL' "$LAB_SUDOERS" >/etc/sudoers)
}

write_sshd() {
  printf '%s\n' 'Port 22' 'AddressFamily inet' 'HostKey /lab/host_key' 'AuthorizedKeysFile /lab/authorized_keys' \
    'AuthenticationMethods publickey' 'PasswordAuthentication no' 'KbdInteractiveAuthentication no' 'StrictModes no' \
    'UsePAM no' 'UseDNS no' 'PrintMotd no' 'PrintLastLog no' 'PermitRootLogin prohibit-password' \
    'MaxStartups 1000:30:2000' 'MaxSessions 200' 'PidFile /run/sshd.pid' 'Subsystem sftp internal-sftp' \
    "AllowUsers $LAB_USER" >/etc/ssh/lab_config
  # Newer servers lock out an address after failed logins; older ones do not know the word.
  penalties='PerSourcePenalties no'
  if /usr/sbin/sshd -t -f /etc/ssh/lab_config -o "$penalties" 2>/dev/null; then
    echo "$penalties" >>/etc/ssh/lab_config
  fi
  ssh-keygen -q -t ed25519 -N '' -C "$LAB_NAME" -f /lab/host_key
}

install_agents() {
  [ "$LAB_NODE" != BARE ] || return 0
  for side in agent proxy; do
    mkdir -p "/usr/local/gse/$side/bin"
    cp /bin/sleep "/usr/local/gse/$side/bin/gse_agent"
    cp /lab/gsectl "/usr/local/gse/$side/bin/gsectl"
    chmod 755 "/usr/local/gse/$side/bin/gsectl"
  done
}

plug_in() {
  echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6 2>/dev/null || :
  ip -batch - <<END
link set lo up
address add $LAB_ADDRESS/$LAB_PREFIX dev eth0
link set eth0 up
neighbour replace $LAB_GATEWAY lladdr $LAB_GATEWAY_MAC dev eth0 nud permanent
END
}

boot() {
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LAB_NODE="$LAB_NODE" \
    setpriv --pdeathsig KILL --bounding-set=-sys_time,-sys_module,-sys_rawio,-sys_boot \
    unshare --pid --fork --kill-child=KILL --mount --propagation private sh /lab/boot.sh &
  unshared=$!
  until [ -s /lab/init.pid ]; do
    kill -0 "$unshared"
    sleep 0.01
  done
  read -r init </lab/init.pid
  rm -f /lab/init.pid
  echo "up $init"
}

echo born
make_disk
write_etc
install_agents
write_sshd
while read -r order; do
  case $order in
    plug) plug_in ;;
    boot) boot ;;
    halt)
      halt
      echo halted
      ;;
  esac
done
halt
