#!/bin/sh
# with-keyring.sh CMD...
# Runs CMD on a private session bus with an unlocked, throw-away keyring, and passes its exit
# code on. Nothing is left running and nothing of the user's own keyring is touched.
#
# If CMD needs a display, start that inside (with-keyring.sh xvfb-run ... CMD): the keyring must
# not see one, or it would ask a person to unlock it and wait without end.
set -eu

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir -m 700 "$place/run" "$place/data"
export XDG_RUNTIME_DIR="$place/run" XDG_DATA_HOME="$place/data"
unset DBUS_SESSION_BUS_ADDRESS DISPLAY WAYLAND_DISPLAY

dbus-run-session -- sh -euc '
  # The password ends with a newline: an empty standard input would unlock nothing.
  echo throw-away | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1

  # A command that came before the daemon would make the bus start a second, locked one.
  tries=0
  until dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus / \
      org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets | grep -q "boolean true"
  do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || exit 70
    sleep 0.05
  done

  exec "$@"
' sh "$@"
