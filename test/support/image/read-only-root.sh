#!/bin/sh
# Runs a command in a working container the way a container service does: its file system read-only, only /tmp
# writable, the given user, no shell inside. It must start in mount and process namespaces of its own (privately.ts):
# they take its mounts with them when they end.
# usage: read-only-root.sh STORAGE DRIVER CONTAINER UID GID FOLDER COMMAND…
set -eu
storage=$1 driver=$2 container=$3 uid=$4 gid=$5 folder=$6
shift 6

root=$(buildah --root "$storage" --runroot "$storage-run" --storage-driver "$driver" mount "$container")
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
