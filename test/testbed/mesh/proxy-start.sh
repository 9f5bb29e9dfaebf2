#!/bin/sh
# Pid 1 of a proxy's own pid and mount namespaces: everything in them ends with it. Shows the unprivileged proxy what it
# needs of folders that are root's, then runs the agent as uid 1337, whose traffic the pod's rules leave alone.
# Environment: PILOT_AGENT, ENVOY, BOOTSTRAP (files), WORK (the agent's folder), HOSTS (its /etc/hosts),
# AUTHORITIES (the certificates that its system trusts, or empty). Arguments: the agent's.
set -eu
printf 'nameserver 127.0.0.1\noptions attempts:1 timeout:1\n' > "$WORK/resolv.conf"
mount --bind "$WORK/resolv.conf" /etc/resolv.conf
mount --bind "$HOSTS" /etc/hosts
if [ -n "$AUTHORITIES" ]; then
  mount -t tmpfs -o mode=755 tmpfs /etc/ssl/certs
  install -m 444 "$AUTHORITIES" /etc/ssl/certs/ca-certificates.crt
fi
mount -t tmpfs -o mode=755 tmpfs /mnt
mkdir /mnt/work
touch /mnt/pilot-agent /mnt/envoy
mount --bind "$PILOT_AGENT" /mnt/pilot-agent
mount --bind "$ENVOY" /mnt/envoy
install -m 444 "$BOOTSTRAP" /mnt/bootstrap.json
mount --bind "$WORK" /mnt/work
cd /mnt/work
# Not exec: the kernel forgets to end a process with its parent when that process changes its uid.
setpriv --reuid=1337 --regid=1337 --clear-groups --inh-caps=-all -- /mnt/pilot-agent "$@" &
wait "$!"
