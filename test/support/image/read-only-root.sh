#!/bin/sh
# Runs a command of an image the way a container service does: its file system read-only, only /tmp writable, as the
# image's user. Must start in mount and process namespaces of its own (privately.ts), which take the mounts with them.
# usage: read-only-root.sh ROOT UID GID FOLDER COMMAND…
set -eu
root=$1 uid=$2 gid=$3 folder=$4
shift 4

mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=1777,nosuid,nodev,size=16m tmp "$root/tmp"
mount -t tmpfs -o mode=755 dev "$root/dev"
for device in null zero random urandom; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
exec setpriv --no-new-privs unshare --root "$root" --wd "$folder" --setgid "$gid" --setuid "$uid" -- "$@"
