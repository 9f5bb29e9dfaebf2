#!/bin/sh
# Runs the operator as the container runtime would, in a mount namespace that goes with the process (unshare --mount):
# image, settings and token lie where config/manager/deployment.yaml mounts them, belong to root and cannot be written;
# so does everything else. Uid, gid and capabilities are those of its securityContext. Loopback stays the host's.
# Environment: IMAGE_NODE, IMAGE_BUNDLE, SETTINGS_FILE, TOKEN_FOLDER. Arguments: those of node.
set -e
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/image /run/secrets/kubernetes.io/serviceaccount
touch /run/image/node
mount --bind "$IMAGE_NODE" /run/image/node
install -m 444 "$IMAGE_BUNDLE" /run/image/apptraffic.cjs
install -m 444 "$TOKEN_FOLDER"/* /run/secrets/kubernetes.io/serviceaccount/
mount -t tmpfs -o mode=755 tmpfs /etc
mkdir /etc/apptraffic
install -m 444 "$SETTINGS_FILE" /etc/apptraffic/settings.yaml
mount -o remount,ro /etc
mount -o remount,ro /run
mount -o remount,bind,ro /
cd /
exec setpriv --reuid=65532 --regid=65532 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all \
  --pdeathsig KILL -- /run/image/node "$@"
