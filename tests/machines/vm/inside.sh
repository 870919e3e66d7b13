#!/bin/bash
# inside.sh BASE IMAGE AGENT DISK DEVICES RESOLV: the first process of a machine, in namespaces of its own. It lays out /, /dev, /proc and /sys and
# becomes systemd. BASE, IMAGE and AGENT are below its root file system, DISK is the folder of its boot disk; DEVICES has a line "NODE
# MINOR LINK" for each other disk.
set -eu
base=$1 image=$2 agent=$3 disk=$4 devices=$5 resolv=$6 root=$4/root
tty=$(tty)
mount --make-rprivate /
mkdir -p "$disk"/{root,upper,work,containerd}
mount -t overlay overlay -o "lowerdir=$agent:$image:$base,upperdir=$disk/upper,workdir=$disk/work" "$root"
# containerd lays overlays of its own, which need a real file system below.
mkdir -p "$root/var/lib/containerd"
mount --bind "$disk/containerd" "$root/var/lib/containerd"

mount -t proc proc "$root/proc"
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$root/sys"
mount -t tmpfs -o mode=755,nosuid tmpfs "$root/dev"
mount -t tmpfs -o mode=755,nosuid,nodev tmpfs "$root/run"
mkdir -p "$root"/dev/{pts,shm,net,mqueue,disk/by-id} "$root"/run/{lock,udev}
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$root/dev/shm"
mount -t mqueue mqueue "$root/dev/mqueue"
while read -r name major minor; do
  mknod -m 666 "$root/dev/$name" c "$major" "$minor"
done <<'DEVICES'
null 1 3
zero 1 5
full 1 7
random 1 8
urandom 1 9
tty 5 0
kmsg 1 11
fuse 10 229
net/tun 10 200
DEVICES
while read -r node minor link; do
  mknod -m 660 "$root/dev/$node" b 7 "$minor"
  ln -s "../../$node" "$root/dev/disk/by-id/$link"
done <"$devices"
chmod 644 "$root/dev/kmsg"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
for number in 0:stdin 1:stdout 2:stderr; do
  ln -s "/proc/self/fd/${number%%:*}" "$root/dev/${number##*:}"
done
for name in console ttyS0; do
  touch "$root/dev/$name"
  mount --bind "$tty" "$root/dev/$name"
done

# The control groups of the host as seen from this machine's own.
mount -t tmpfs -o mode=755 tmpfs "$root/sys/fs/cgroup"
if grep -qv '^0::' /proc/self/cgroup; then
  while IFS=: read -r id names _; do
    name=${names#name=} options=$names
    if [[ $id == 0 ]]; then
      mkdir "$root/sys/fs/cgroup/unified"
      mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup/unified"
      continue
    fi
    [[ $name == "$names" ]] || options=none,$names
    mkdir "$root/sys/fs/cgroup/$name"
    mount -t cgroup -o "$options" cgroup "$root/sys/fs/cgroup/$name"
    [[ $name != *,* ]] || for part in ${name//,/ }; do ln -s "$name" "$root/sys/fs/cgroup/$part"; done
  done </proc/self/cgroup
else
  umount "$root/sys/fs/cgroup"
  mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
fi

# Settings that the kernel keeps once for all machines become copies: what a machine writes there stays with it.
copies=$root/run/kernel-settings
mkdir -p "$copies/live"
mount -t proc proc "$copies/live"
for part in kernel vm fs; do
  cp -r "$root/proc/sys/$part" "$copies/$part" 2>/dev/null || true
  chmod -R u+w "$copies/$part"
  mount --bind "$copies/$part" "$root/proc/sys/$part"
done
for name in kernel/hostname kernel/domainname kernel/random; do
  mount --bind "$copies/live/sys/$name" "$root/proc/sys/$name"
done
cat /proc/sys/kernel/random/uuid >"$copies/boot_id"
mount --bind "$copies/boot_id" "$root/proc/sys/kernel/random/boot_id"
echo 262144 >"$copies/conntrack"
mount --bind "$copies/conntrack" "$root/proc/sys/net/netfilter/nf_conntrack_max"
umount -l "$copies/live"
echo 'BOOT_IMAGE=/boot/vmlinuz root=/dev/sda1 ro console=ttyS0' >"$copies/cmdline"
mount --bind "$copies/cmdline" "$root/proc/cmdline"
[[ ! -e $root/proc/sysrq-trigger ]] || mount --bind /dev/null "$root/proc/sysrq-trigger"

echo "$resolv" | tr '|' '\n' >"$root/etc/resolv.conf"
hostname localhost
mkdir -p "$root/.host"
cd "$root"
pivot_root . .host
exec chroot . /bin/sh -c 'umount -l /.host; rmdir /.host 2>/dev/null
  mount --make-rshared /
  exec env -i container=vpcgen PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=vt220 /sbin/init' <dev/console >dev/console 2>&1
